package io.headroom.tensors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headroom.kvcache.Bfloat16;
import io.headroom.kvcache.Float16;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Collects tensors and writes them as one safetensors file. */
public final class SafetensorsWriter {
  private static final int HEADER_ALIGNMENT = 8;

  private record Entry(String name, TensorType type, double[] numbers, long[] shape) {}

  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<Entry> entries = new ArrayList<>();

  /** Adds a string beside the tensors. */
  public SafetensorsWriter metadata(String key, String value) {
    metadata.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
    return this;
  }

  /**
   * Adds a tensor, its numbers rounded to the type.
   *
   * @param numbers row-major
   * @throws IllegalArgumentException if the shape has another number of numbers, the type is not
   *     one that is read, or the name was used
   */
  public SafetensorsWriter tensor(String name, TensorType type, double[] numbers, long... shape) {
    long size = 1;
    for (long dimension : shape) {
      size = Math.multiplyExact(size, dimension);
    }
    if (size != numbers.length) {
      throw new IllegalArgumentException(
          "the shape of %s must have %d numbers: %d".formatted(name, numbers.length, size));
    }
    if (!type.isReadable()) {
      throw new IllegalArgumentException(
          "type must be one of %s: %s".formatted(TensorType.readableNames(), type));
    }
    if (entries.stream().anyMatch(entry -> entry.name().equals(name))) {
      throw new IllegalArgumentException("there is a tensor of this name: " + name);
    }
    entries.add(new Entry(name, type, numbers.clone(), shape.clone()));
    return this;
  }

  /** Adds a tensor of floats, as {@link #tensor(String, TensorType, double[], long...)} does. */
  public SafetensorsWriter tensor(String name, TensorType type, float[] numbers, long... shape) {
    double[] doubles = new double[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      doubles[i] = numbers[i];
    }
    return tensor(name, type, doubles, shape);
  }

  /** Writes the file, replacing what is there. */
  public void write(Path file) throws IOException {
    byte[] header = header();
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16))) {
      out.writeLong(Long.reverseBytes(header.length));
      out.write(header);
      for (Entry entry : entries) {
        for (double number : entry.numbers()) {
          write(out, entry.type(), number);
        }
      }
    }
  }

  private byte[] header() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode header = mapper.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode strings = header.putObject(SafetensorsFile.METADATA);
      metadata.forEach(strings::put);
    }
    long begin = 0;
    for (Entry entry : entries) {
      long end = begin + (long) entry.numbers().length * entry.type().bytes();
      ObjectNode tensor = header.putObject(entry.name());
      tensor.put("dtype", entry.type().name());
      ArrayNode shape = tensor.putArray("shape");
      for (long dimension : entry.shape()) {
        shape.add(dimension);
      }
      tensor.putArray("data_offsets").add(begin).add(end);
      begin = end;
    }
    return padded(mapper.writeValueAsBytes(header));
  }

  /** Spaces behind the header align the data, as the format recommends. */
  private static byte[] padded(byte[] json) {
    int length = (json.length + HEADER_ALIGNMENT - 1) / HEADER_ALIGNMENT * HEADER_ALIGNMENT;
    byte[] padded = java.util.Arrays.copyOf(json, length);
    java.util.Arrays.fill(padded, json.length, length, (byte) ' ');
    return padded;
  }

  private static void write(DataOutputStream out, TensorType type, double number)
      throws IOException {
    switch (type) {
      case F64 -> out.writeLong(Long.reverseBytes(Double.doubleToRawLongBits(number)));
      case F32 -> out.writeInt(Integer.reverseBytes(Float.floatToRawIntBits((float) number)));
      case F16 -> out.writeShort(Short.reverseBytes(Float16.fromFloat((float) number)));
      case BF16 -> out.writeShort(Short.reverseBytes(Bfloat16.fromFloat((float) number)));
      default -> throw new AssertionError(type);
    }
  }
}
