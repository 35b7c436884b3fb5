package io.headroom.jobs.traces;

import java.io.IOException;
import java.io.InputStream;

/** The text of compressed bytes; whatever is wrong with them is an {@link IOException}. */
final class Decompressed extends InputStream {
  private final InputStream text;

  private Decompressed(InputStream text) {
    this.text = text;
  }

  /** Begins to decompress, for which some formats read the first bytes already. */
  @FunctionalInterface
  interface Opening {
    InputStream open() throws IOException;
  }

  static InputStream open(Opening opening) throws IOException {
    try {
      return new Decompressed(opening.open());
    } catch (RuntimeException e) {
      throw broken(e);
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int count = read(one, 0, 1);
    return count < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    try {
      return text.read(into, from, length);
    } catch (RuntimeException e) {
      throw broken(e);
    }
  }

  @Override
  public void close() throws IOException {
    text.close();
  }

  private static IOException broken(RuntimeException e) {
    return new IOException("compressed data are broken: " + e.getMessage(), e);
  }
}
