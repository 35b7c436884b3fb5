package io.headroom.tensors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headroom.InputFile;
import io.headroom.UserException;
import io.headroom.json.JsonDocument;
import io.headroom.kvcache.Bfloat16;
import io.headroom.kvcache.Float16;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file of any size, open for reading: a header in JSON and behind it, without holes,
 * the tensors (github.com/huggingface/safetensors). The header is checked whole when the file is
 * opened; tensors are read when asked for.
 */
public final class SafetensorsFile implements AutoCloseable {
  /**
   * The longest header that is read: that of some hundred thousand tensors. What is made of its
   * JSON takes up to thirty times as many bytes and must fit the memory of a small process.
   */
  static final int MOST_HEADER_BYTES = 16 << 20;

  static final String METADATA = "__metadata__";
  private static final int LENGTH_BYTES = Long.BYTES;
  private static final int MOST_NUMBERS = Integer.MAX_VALUE - 8;
  private static final int BUFFER_BYTES = 1 << 20;
  private static final ObjectMapper HEADER_JSON = JsonDocument.strictJson(MOST_HEADER_BYTES);

  private final Path path;
  private final FileChannel channel;
  private final long dataStart;
  private final Map<String, String> metadata;
  private final Map<String, TensorInfo> tensors;

  private SafetensorsFile(Path path, FileChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    long fileBytes = channel.size();
    int headerBytes = headerBytes(fileBytes);
    this.dataStart = LENGTH_BYTES + (long) headerBytes;
    byte[] json = new byte[headerBytes];
    readFully(ByteBuffer.wrap(json), LENGTH_BYTES);
    JsonDocument header = JsonDocument.parse(path + ": header", json, HEADER_JSON);
    this.metadata = Collections.unmodifiableMap(metadata(header));
    this.tensors = Collections.unmodifiableMap(tensors(header));
    requireContiguous(fileBytes - dataStart);
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws UserException if there is no such file or it is not well-formed: truncated, a header
   *     that is too long or not JSON, duplicate names, unknown types, tensors that overlap, leave
   *     holes, or whose extent does not fit their shape
   */
  public static SafetensorsFile open(Path path) {
    InputFile.require(path, "a safetensors file");
    FileChannel channel = null;
    try {
      channel = FileChannel.open(path);
      SafetensorsFile file = new SafetensorsFile(path, channel);
      channel = null;
      return file;
    } catch (IOException e) {
      throw new UserException(path + " cannot be read: " + e, e);
    } finally {
      closeQuietly(channel);
    }
  }

  public Path path() {
    return path;
  }

  /** The strings that the file carries beside its tensors. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** The tensors by name, in the order of the header. */
  public Map<String, TensorInfo> tensors() {
    return tensors;
  }

  /**
   * All numbers of a tensor, row-major; doubles are rounded to floats.
   *
   * @throws UserException if there is no such tensor, its type is not a floating-point type that is
   *     read, or it has more numbers than an array
   */
  public float[] floats(String name) {
    TensorInfo tensor = readable(name);
    float[] numbers = new float[(int) tensor.size()];
    read(
        tensor,
        (buffer, from, count) -> {
          switch (tensor.type()) {
            case F32 -> buffer.asFloatBuffer().get(numbers, from, count);
            case F64 -> {
              for (int i = 0; i < count; i++) {
                numbers[from + i] = (float) buffer.getDouble(i * Double.BYTES);
              }
            }
            case F16 -> {
              for (int i = 0; i < count; i++) {
                numbers[from + i] = Float16.toFloat(buffer.getShort(i * Short.BYTES));
              }
            }
            case BF16 -> {
              for (int i = 0; i < count; i++) {
                numbers[from + i] = Bfloat16.toFloat(buffer.getShort(i * Short.BYTES));
              }
            }
            default -> throw new AssertionError(tensor.type());
          }
        });
    return numbers;
  }

  /**
   * All numbers of a tensor, row-major.
   *
   * @throws UserException as {@link #floats} does
   */
  public double[] doubles(String name) {
    TensorInfo tensor = readable(name);
    if (tensor.type() == TensorType.F64) {
      double[] numbers = new double[(int) tensor.size()];
      read(tensor, (buffer, from, count) -> buffer.asDoubleBuffer().get(numbers, from, count));
      return numbers;
    }
    float[] floats = floats(name);
    double[] numbers = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      numbers[i] = floats[i];
    }
    return numbers;
  }

  @Override
  public void close() {
    closeQuietly(channel);
  }

  private int headerBytes(long fileBytes) throws IOException {
    if (fileBytes < LENGTH_BYTES) {
      throw new UserException(
          "%s: a safetensors file has at least %d bytes: %d"
              .formatted(path, LENGTH_BYTES, fileBytes));
    }
    ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(length, 0);
    long headerBytes = length.getLong(0);
    long most = Math.min(MOST_HEADER_BYTES, fileBytes - LENGTH_BYTES);
    if (headerBytes < 0 || headerBytes > most) {
      throw new UserException(
          "%s: the header's length must be at most %d bytes here: %s"
              .formatted(path, most, Long.toUnsignedString(headerBytes)));
    }
    return (int) headerBytes;
  }

  private static Map<String, String> metadata(JsonDocument header) {
    Map<String, String> metadata = new LinkedHashMap<>();
    header
        .object(METADATA)
        .ifPresent(
            strings ->
                strings
                    .values()
                    .fieldNames()
                    .forEachRemaining(
                        key ->
                            metadata.put(
                                key,
                                strings
                                    .text(key)
                                    .orElseThrow(() -> strings.wrong(key, "must be a string")))));
    return metadata;
  }

  private Map<String, TensorInfo> tensors(JsonDocument header) {
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    header
        .values()
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!name.equals(METADATA)) {
                JsonDocument entry =
                    header.object(name).orElseThrow(() -> header.wrong(name, "must be an object"));
                tensors.put(name, tensor(name, entry));
              }
            });
    return tensors;
  }

  private static TensorInfo tensor(String name, JsonDocument entry) {
    String typeName =
        entry.text("dtype").orElseThrow(() -> entry.missing("dtype", "a string is needed"));
    TensorType type =
        TensorType.named(typeName)
            .orElseThrow(
                () ->
                    entry.wrong(
                        "dtype",
                        "is unknown (%s can be read)".formatted(TensorType.readableNames())));
    List<Long> shape = integers(entry, "shape");
    List<Long> offsets = integers(entry, "data_offsets");
    if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
      throw entry.wrong("data_offsets", "must be [begin, end] with begin <= end");
    }
    long begin = offsets.get(0);
    long end = offsets.get(1);
    if (end - begin != bytes(shape, type, entry)) {
      throw entry.wrong(
          "data_offsets", "must span what shape %s takes in %s".formatted(shape, type));
    }
    return new TensorInfo(name, type, shape, begin, end);
  }

  private static List<Long> integers(JsonDocument entry, String key) {
    JsonNode array = entry.values().get(key);
    if (array == null || !array.isArray()) {
      throw entry.wrong(key, "must be an array of integers of at least 0");
    }
    List<Long> integers = new ArrayList<>();
    for (JsonNode element : array) {
      if (!element.isIntegralNumber() || !element.canConvertToLong() || element.longValue() < 0) {
        throw entry.wrong(key, "must be an array of integers of at least 0");
      }
      integers.add(element.longValue());
    }
    return integers;
  }

  private static long bytes(List<Long> shape, TensorType type, JsonDocument entry) {
    try {
      long bytes = type.bytes();
      for (long dimension : shape) {
        bytes = Math.multiplyExact(bytes, dimension);
      }
      return bytes;
    } catch (ArithmeticException e) {
      throw entry.wrong("shape", "must have a product below 2^63");
    }
  }

  private void requireContiguous(long dataBytes) {
    List<TensorInfo> inOrder = new ArrayList<>(tensors.values());
    inOrder.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
    long end = 0;
    for (TensorInfo tensor : inOrder) {
      if (tensor.end() > dataBytes) {
        throw new UserException(
            "%s: tensor %s must end within the file's %d bytes of data: %d"
                .formatted(path, tensor.name(), dataBytes, tensor.end()));
      }
      if (tensor.begin() != end) {
        throw new UserException(
            "%s: tensor %s must begin at byte %d, where the one before it ends, or tensors %s: %d"
                .formatted(
                    path,
                    tensor.name(),
                    end,
                    tensor.begin() < end ? "overlap" : "leave a hole",
                    tensor.begin()));
      }
      end = tensor.end();
    }
    if (end != dataBytes) {
      throw new UserException(
          "%s: the tensors must fill the file's %d bytes of data: %d"
              .formatted(path, dataBytes, end));
    }
  }

  private TensorInfo readable(String name) {
    TensorInfo tensor = tensors.get(name);
    if (tensor == null) {
      throw new UserException(
          "%s: no tensor %s; it has %s".formatted(path, name, String.join(", ", tensors.keySet())));
    }
    if (!tensor.type().isReadable()) {
      throw new UserException(
          "%s: tensor %s: dtype must be one of %s: %s"
              .formatted(path, name, TensorType.readableNames(), tensor.type()));
    }
    if (tensor.size() > MOST_NUMBERS) {
      throw new UserException(
          "%s: tensor %s: at most %d numbers can be read at once: %d"
              .formatted(path, name, MOST_NUMBERS, tensor.size()));
    }
    return tensor;
  }

  /**
   * Takes {@code count} numbers that lie at the start of a buffer, the first of them number {@code
   * from}.
   */
  private interface Sink {
    void take(ByteBuffer buffer, int from, int count);
  }

  private void read(TensorInfo tensor, Sink sink) {
    int width = tensor.type().bytes();
    int capacity = (int) Math.min(BUFFER_BYTES, Math.max(tensor.end() - tensor.begin(), width));
    ByteBuffer buffer = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
    int size = (int) tensor.size();
    try {
      for (int from = 0; from < size; from += capacity / width) {
        int count = Math.min(capacity / width, size - from);
        buffer.clear().limit(count * width);
        readFully(buffer, dataStart + tensor.begin() + (long) from * width);
        sink.take(buffer.flip(), from, count);
      }
    } catch (IOException e) {
      throw new UserException(path + " cannot be read: " + e, e);
    }
  }

  private void readFully(ByteBuffer buffer, long position) throws IOException {
    long from = position;
    while (buffer.hasRemaining()) {
      int count = channel.read(buffer, from);
      if (count < 0) {
        throw new EOFException("it ends at byte " + from);
      }
      from += count;
    }
  }

  private static void closeQuietly(FileChannel channel) {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
