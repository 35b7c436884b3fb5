package io.headroom.jobs.mistakes;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** Files whose zeros take no room on the disk. */
final class SparseFile {
  private SparseFile() {}

  static Path of(Path file, long bytes) throws IOException {
    return of(file, new byte[0], bytes);
  }

  /**
   * @param beginning what the file holds before the zeros
   */
  static Path of(Path file, byte[] beginning, long bytes) throws IOException {
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write(beginning);
      sparse.setLength(bytes);
    }
    return file;
  }
}
