package io.headroom.jobs.traces;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.compress.BZip2Codec;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.DefaultCodec;
import org.apache.hadoop.io.compress.GzipCodec;
import org.apache.hadoop.util.ReflectionUtils;

/** How a trace lies in its file, told by the first bytes, whatever the file's name is. */
enum TraceStorage {
  GZIP("\u001f\u008b"),
  BZIP2("BZh"),
  ZSTD("(\u00b5/\u00fd"),
  PARQUET("PAR1"),
  /** Told by the name {@code .deflate}, since its bytes do not tell it. */
  DEFLATE(null),
  TEXT(null);

  private static final String DEFLATE_NAME = ".deflate";

  /** A character a byte; null for what has no such beginning. */
  private final String beginning;

  TraceStorage(String beginning) {
    this.beginning = beginning;
  }

  /**
   * @param start the first bytes of a file
   */
  static TraceStorage of(String name, byte[] start) {
    String bytes = new String(start, StandardCharsets.ISO_8859_1);
    return Arrays.stream(values())
        .filter(storage -> storage.beginning != null && bytes.startsWith(storage.beginning))
        .findFirst()
        .orElse(name.endsWith(DEFLATE_NAME) ? DEFLATE : TEXT);
  }

  /** Whether lines can be read from the middle of the file on. */
  boolean isSplitable() {
    return this == TEXT;
  }

  /** Whether it holds rows of typed columns and not lines of text. */
  boolean isColumnar() {
    return this == PARQUET;
  }

  /** What a row is called in messages: as editors number it. */
  String rowName() {
    return isColumnar() ? "row" : "line";
  }

  /** The text of a file; no decompressor throws anything but an {@link IOException}. */
  InputStream text(InputStream bytes, Configuration hadoop) throws IOException {
    return switch (this) {
      case TEXT -> bytes;
      case GZIP -> decompressed(bytes, GzipCodec.class, hadoop);
      case BZIP2 -> decompressed(bytes, BZip2Codec.class, hadoop);
      case DEFLATE -> decompressed(bytes, DefaultCodec.class, hadoop);
      // Hadoop's codec needs a native library that few machines have; Spark brings this one.
      case ZSTD -> Decompressed.open(() -> new ZstdInputStreamNoFinalizer(bytes));
      case PARQUET -> throw new IllegalStateException("Parquet holds no text");
    };
  }

  private static InputStream decompressed(
      InputStream bytes, Class<? extends CompressionCodec> codec, Configuration hadoop)
      throws IOException {
    return Decompressed.open(
        () -> ReflectionUtils.newInstance(codec, hadoop).createInputStream(bytes));
  }
}
