package io.headroom;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Files that lie where another was meant, told by what they begin with. */
public enum ForeignFile {
  LFS_POINTER(
      "version https://git-lfs",
      "a Git LFS pointer, not the file itself (git lfs pull fetches it)"),
  UTF_16_LITTLE_ENDIAN("\u00ff\u00fe", Kinds.UTF_16),
  UTF_16_BIG_ENDIAN("\u00fe\u00ff", Kinds.UTF_16),
  HTML_WITH_TYPE("<!doctype html", Kinds.HTML),
  HTML("<html", Kinds.HTML),
  ZIP("PK\u0003\u0004", "a zip archive; unpack it first"),
  SEVEN_ZIP("7z\u00bc\u00af'\u001c", "a 7z archive; unpack it first"),
  XZ("\u00fd7zXZ\u0000", "compressed by xz; unpack it first"),
  LZ4("\u0004\"M\u0018", "compressed by lz4; unpack it first"),
  SNAPPY("\u00ff\u0006\u0000\u0000sNaPpY", "compressed by snappy; unpack it first"),
  GGUF("GGUF", "a GGUF file, the weights of a model"),
  AVRO("Obj\u0001", "an Avro file"),
  ARROW("ARROW1", "an Arrow file"),
  SQLITE("SQLite format 3", "an SQLite database"),
  PDF("%PDF-", "a PDF document");

  /** As many bytes of a file as it takes to tell its kind. */
  public static final int START_BYTES = 64;

  private static final class Kinds {
    private static final String UTF_16 =
        "text in UTF-16, as PowerShell's > writes it; UTF-8 is needed";
    private static final String HTML = "an HTML page, such as a login or an error";
  }

  /** A character a byte. */
  private final String beginning;

  private final String description;

  ForeignFile(String beginning, String description) {
    this.beginning = beginning;
    this.description = description;
  }

  /** What it is, and what helps, for messages. */
  public String description() {
    return description;
  }

  /**
   * @param start the first {@link #START_BYTES} of a file, or all it has
   */
  public static Optional<ForeignFile> of(byte[] start) {
    String bytes = new String(start, StandardCharsets.ISO_8859_1);
    return Arrays.stream(values()).filter(kind -> kind.begins(bytes)).findFirst();
  }

  private boolean begins(String bytes) {
    if (description.equals(Kinds.HTML)) {
      return bytes.stripLeading().toLowerCase(Locale.ROOT).startsWith(beginning);
    }
    return bytes.startsWith(beginning);
  }
}
