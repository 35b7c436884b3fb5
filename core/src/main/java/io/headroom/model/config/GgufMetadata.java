package io.headroom.model.config;

import io.headroom.UserException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The keys and values at the beginning of a GGUF file (docs/gguf.md of github.com/ggml-org/ggml).
 * Only numbers, flags, texts and short arrays of them are kept; those of a tokenizer are passed
 * over.
 *
 * @param values {@link Long}, {@link Double}, {@link Boolean}, {@link String} or a list of them
 */
record GgufMetadata(Path file, Map<String, Object> values) {
  private static final int MOST_KEYS = 1 << 16;
  private static final int LONGEST_KEPT_ARRAY = 1 << 14;
  private static final int LONGEST_TEXT = 1 << 26;
  private static final int LONGEST_KEPT_TEXT = 1 << 16;
  private static final int OLDEST_VERSION = 2;
  private static final int NEWEST_VERSION = 3;

  /**
   * @throws UserException if the file is no GGUF file of version 2 or 3, ends too early, or has
   *     values of unknown kinds
   */
  static GgufMetadata read(Path file) {
    try (Reader reader = new Reader(file)) {
      return new GgufMetadata(file, reader.metadata());
    } catch (EOFException e) {
      throw new UserException(file + " ends within the metadata of a GGUF file", e);
    } catch (IOException e) {
      throw new UserException(file + " cannot be read: " + e, e);
    }
  }

  /** Kinds of values by their number in the file. */
  private enum Kind {
    UINT8(0, 1),
    INT8(1, 1),
    UINT16(2, 2),
    INT16(3, 2),
    UINT32(4, 4),
    INT32(5, 4),
    FLOAT32(6, 4),
    BOOL(7, 1),
    STRING(8, 0),
    ARRAY(9, 0),
    UINT64(10, 8),
    INT64(11, 8),
    FLOAT64(12, 8);

    private final int number;
    private final int bytes;

    /**
     * @param bytes of a value; 0 where they differ
     */
    Kind(int number, int bytes) {
      this.number = number;
      this.bytes = bytes;
    }

    private static Optional<Kind> numbered(int number) {
      return Arrays.stream(values()).filter(kind -> kind.number == number).findFirst();
    }
  }

  private static final class Reader implements AutoCloseable {
    private final Path file;
    private final InputStream in;

    Reader(Path file) throws IOException {
      this.file = file;
      this.in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    }

    Map<String, Object> metadata() throws IOException {
      next(4);
      int version = next(4).getInt();
      if (version < OLDEST_VERSION || version > NEWEST_VERSION) {
        throw wrong(
            "version",
            Integer.reverseBytes(version) == NEWEST_VERSION
                ? "is big-endian; little-endian is needed"
                : "must be 2 or 3: " + version);
      }
      next(8);
      long keys = next(8).getLong();
      if (keys < 0 || keys > MOST_KEYS) {
        throw wrong("number of keys", "must be from 0 to %d: %d".formatted(MOST_KEYS, keys));
      }
      Map<String, Object> values = new TreeMap<>();
      for (long i = 0; i < keys; i++) {
        String key = text(LONGEST_KEPT_TEXT);
        Object value = value(key, kind(key));
        if (value != null) {
          values.put(key, value);
        }
      }
      return values;
    }

    private Kind kind(String key) throws IOException {
      int number = next(4).getInt();
      return Kind.numbered(number)
          .orElseThrow(() -> wrong(key, "is of a kind that is not known: " + number));
    }

    private Object value(String key, Kind kind) throws IOException {
      return switch (kind) {
        case STRING -> text(LONGEST_TEXT);
        case ARRAY -> array(key);
        default -> scalar(kind);
      };
    }

    private Object scalar(Kind kind) throws IOException {
      ByteBuffer bytes = next(kind.bytes);
      return switch (kind) {
        case UINT8 -> (long) (bytes.get() & 0xFF);
        case INT8 -> (long) bytes.get();
        case UINT16 -> (long) (bytes.getShort() & 0xFFFF);
        case INT16 -> (long) bytes.getShort();
        case UINT32 -> bytes.getInt() & 0xFFFFFFFFL;
        case INT32 -> (long) bytes.getInt();
        case UINT64, INT64 -> bytes.getLong();
        case FLOAT32 -> (double) bytes.getFloat();
        case FLOAT64 -> bytes.getDouble();
        case BOOL -> bytes.get() != 0;
        case STRING, ARRAY -> throw new IllegalStateException("no scalar: " + kind);
      };
    }

    /** The elements; null where there are more than are kept. */
    private List<Object> array(String key) throws IOException {
      Kind kind = kind(key);
      if (kind == Kind.ARRAY) {
        throw wrong(key, "is an array of arrays, which no key is known to be");
      }
      long length = next(8).getLong();
      if (length < 0 || length > Integer.MAX_VALUE) {
        throw wrong(key, "has a length that no file has: " + length);
      }
      if (kind.bytes > 0 && length > LONGEST_KEPT_ARRAY) {
        in.skipNBytes(length * kind.bytes);
        return null;
      }
      List<Object> elements = new ArrayList<>();
      for (long i = 0; i < length; i++) {
        Object element = value(key, kind);
        if (elements.size() < LONGEST_KEPT_ARRAY) {
          elements.add(element);
        }
      }
      return length > LONGEST_KEPT_ARRAY ? null : elements;
    }

    private String text(int longest) throws IOException {
      long length = next(8).getLong();
      if (length < 0 || length > longest) {
        throw new UserException(
            "%s: a text of the metadata must have at most %d bytes: %d"
                .formatted(file, longest, length));
      }
      if (length > LONGEST_KEPT_TEXT) {
        in.skipNBytes(length);
        return "";
      }
      byte[] bytes = in.readNBytes((int) length);
      if (bytes.length < length) {
        throw new EOFException();
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }

    private ByteBuffer next(int count) throws IOException {
      byte[] bytes = in.readNBytes(count);
      if (bytes.length < count) {
        throw new EOFException();
      }
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private UserException wrong(String key, String problem) {
      return new UserException("%s: %s %s".formatted(file, key, problem));
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
