package io.headroom.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the metadata of a GGUF file of version 3, with no tensors behind them. */
public final class GgufWriter {
  private static final int UINT32 = 4;
  private static final int FLOAT32 = 6;
  private static final int BOOL = 7;
  private static final int STRING = 8;
  private static final int ARRAY = 9;

  private final Map<String, Object> values = new LinkedHashMap<>();

  public GgufWriter(String architecture) {
    put("general.architecture", architecture);
  }

  /**
   * @param value an {@link Integer}, {@link Float}, {@link Boolean}, {@link String} or a list of
   *     one of them
   */
  public GgufWriter put(String key, Object value) {
    values.put(key, value);
    return this;
  }

  public byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(buffer(4).putInt(3).array());
    out.writeBytes(buffer(16).putLong(0).putLong(values.size()).array());
    values.forEach(
        (key, value) -> {
          text(out, key);
          out.writeBytes(buffer(4).putInt(kind(value)).array());
          value(out, value);
        });
    return out.toByteArray();
  }

  public Path write(Path file) throws IOException {
    return Files.write(file, bytes());
  }

  private static void value(ByteArrayOutputStream out, Object value) {
    if (value instanceof Integer number) {
      out.writeBytes(buffer(4).putInt(number).array());
    } else if (value instanceof Float number) {
      out.writeBytes(buffer(4).putFloat(number).array());
    } else if (value instanceof Boolean flag) {
      out.write(flag ? 1 : 0);
    } else if (value instanceof String text) {
      text(out, text);
    } else {
      List<?> list = (List<?>) value;
      out.writeBytes(buffer(12).putInt(kind(list.get(0))).putLong(list.size()).array());
      list.forEach(element -> value(out, element));
    }
  }

  private static int kind(Object value) {
    if (value instanceof Integer) {
      return UINT32;
    }
    if (value instanceof Float) {
      return FLOAT32;
    }
    if (value instanceof Boolean) {
      return BOOL;
    }
    return value instanceof String ? STRING : ARRAY;
  }

  private static void text(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeBytes(buffer(8).putLong(bytes.length).array());
    out.writeBytes(bytes);
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
