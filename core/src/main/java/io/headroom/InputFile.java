package io.headroom;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that users name: only regular ones are opened, for a pipe or a device may never end. */
public final class InputFile {
  private InputFile() {}

  /**
   * @param needed what it should be, for messages, such as {@code a config.json file}
   * @throws UserException if there is no such file, or it is no regular one that may be read
   */
  public static void require(Path file, String needed) {
    if (Files.isDirectory(file)) {
      throw new UserException("%s is a folder; %s is needed".formatted(file, needed));
    }
    if (!Files.exists(file)) {
      throw new UserException(file + ": no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new UserException("%s is no regular file; %s is needed".formatted(file, needed));
    }
    if (!Files.isReadable(file)) {
      throw new UserException(file + ": may not be read");
    }
  }

  /**
   * @throws UserException as {@link #require}, or if the file has more bytes or cannot be read
   */
  public static byte[] read(Path file, String needed, int mostBytes) {
    require(file, needed);
    // The size that the file system states may be wrong, as it is below /proc.
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(mostBytes + 1);
      if (bytes.length > mostBytes) {
        throw new UserException(
            "%s: %s of at most %d bytes is allowed: %d"
                .formatted(file, needed, mostBytes, Math.max(Files.size(file), bytes.length)));
      }
      return bytes;
    } catch (IOException e) {
      throw new UserException(file + " cannot be read: " + e, e);
    }
  }
}
