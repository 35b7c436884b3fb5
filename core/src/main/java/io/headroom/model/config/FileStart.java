package io.headroom.model.config;

import io.headroom.ForeignFile;
import io.headroom.InputFile;
import io.headroom.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The first bytes of a file, by which its kind is told. */
record FileStart(byte[] bytes) {
  /** What the files of models should be, for messages. */
  static final String NEEDED = "a config.json file";

  /**
   * @throws UserException if there is no such file that may be read
   */
  static FileStart of(Path file) {
    InputFile.require(file, NEEDED);
    try (InputStream in = Files.newInputStream(file)) {
      return new FileStart(in.readNBytes(ForeignFile.START_BYTES));
    } catch (IOException e) {
      throw new UserException(file + " cannot be read: " + e, e);
    }
  }

  boolean beginsWith(int... expected) {
    if (bytes.length < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (at(i) != expected[i]) {
        return false;
      }
    }
    return true;
  }

  int length() {
    return bytes.length;
  }

  int at(int index) {
    return bytes[index] & 0xFF;
  }
}
