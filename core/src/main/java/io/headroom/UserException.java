package io.headroom;

/**
 * A mistake of the user's: one line that names the file, the key, the bad value and what is
 * allowed. The command line prints it plainly and exits with 2; every other exception is a bug.
 */
public final class UserException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UserException(String message) {
    super(MessageLine.of(message));
  }

  public UserException(String message, Throwable cause) {
    super(MessageLine.of(message), cause);
  }
}
