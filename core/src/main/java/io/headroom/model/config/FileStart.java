package io.headroom.model.config;

import io.headroom.InputFile;
import io.headroom.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The first bytes of a file, by which its kind is told. */
record FileStart(byte[] bytes) {
  private static final int LENGTH = 64;

  /**
   * @param needed what the file should be, for messages
   * @throws UserException if there is no such file that may be read
   */
  static FileStart of(Path file, String needed) {
    InputFile.require(file, needed);
    try (InputStream in = Files.newInputStream(file)) {
      return new FileStart(in.readNBytes(LENGTH));
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

  String text() {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
