package io.headroom.jobs.measurements;

import java.util.Locale;

/** The outcome of a row. */
public enum Status {
  /** Measured; if it was compared with the reference, the outputs agreed. */
  OK,
  /** It cannot be done here: the reason says what lacks. */
  UNSUPPORTED,
  /** It was tried and broke, or the outputs were wrong. */
  FAILED;

  /** As it is in the column {@code status}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
