package io.headroom.jobs.cli;

/** What the command line returns to the shell. */
public final class ExitStatus {
  public static final int DONE = 0;

  /** It ran, and some result is bad: a verification failed, or cells did. */
  public static final int BAD_RESULT = 1;

  /** The user's mistake, told in one line. */
  public static final int USER_MISTAKE = 2;

  /** A bug of ours. */
  public static final int BUG = 70;

  private ExitStatus() {}
}
