package io.headroom.workload;

/** Why a well-formed line of a trace is not used. */
public enum SkipReason {
  FAILED_REQUEST("failed requests (0 response tokens)"),
  EMPTY_PROMPT("requests with 0 prompt tokens"),
  EMPTY_SESSION("sessions without requests"),
  BLANK_LINE("blank lines");

  private final String description;

  SkipReason(String description) {
    this.description = description;
  }

  /** What was skipped, in the plural, for messages. */
  public String description() {
    return description;
  }
}
