package io.headroom.jobs.cli;

import io.headroom.UserException;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** A place on this machine, written as a path or as an address of the scheme {@code file}. */
public final class LocalAddress {
  private static final String SCHEME = "file:";

  private LocalAddress() {}

  /** Whether it is an address, in which percent signs stand before the code of a letter. */
  public static boolean isAddress(String text) {
    return text.startsWith(SCHEME);
  }

  /**
   * @param option what is given so, for messages
   * @throws UserException if it is neither a path nor the address of a local file
   */
  public static Path path(String option, String text) {
    try {
      return isAddress(text) ? Path.of(URI.create(text)) : Path.of(text);
    } catch (InvalidPathException e) {
      throw new UserException("%s %s: %s".formatted(option, text, e.getMessage()), e);
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      throw new UserException(
          "%s %s: not the address of a local file; allowed: a path, or file:///folder/name with %%20 for a blank"
              .formatted(option, text),
          e);
    }
  }
}
