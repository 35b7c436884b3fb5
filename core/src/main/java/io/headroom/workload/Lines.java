package io.headroom.workload;

/** What is common to the lines of all text traces. */
final class Lines {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private Lines() {}

  static String withoutByteOrderMark(String line) {
    boolean marked = !line.isEmpty() && line.charAt(0) == BYTE_ORDER_MARK;
    return marked ? line.substring(1) : line;
  }

  /** What well-formed values of a line come to. */
  static TraceLine of(TraceFormat format, long arrivalNanos, int promptTokens, int outputTokens) {
    if (format == TraceFormat.BURSTGPT && outputTokens == 0) {
      return new SkippedLine(SkipReason.FAILED_REQUEST);
    }
    if (promptTokens == 0) {
      return new SkippedLine(SkipReason.EMPTY_PROMPT);
    }
    if ((long) promptTokens + outputTokens > Integer.MAX_VALUE) {
      return new BrokenLine(
          "%s and %s must come to %d at most"
              .formatted(format.promptField(), format.outputField(), Integer.MAX_VALUE));
    }
    return new TraceRequest(arrivalNanos, promptTokens, outputTokens);
  }

  static BrokenLine brokenCount(String field) {
    return new BrokenLine(
        "%s must be a whole number from 0 to %d".formatted(field, Integer.MAX_VALUE));
  }
}
