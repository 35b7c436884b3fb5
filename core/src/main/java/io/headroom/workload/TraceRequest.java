package io.headroom.workload;

import java.io.Serializable;

/**
 * One request of a trace.
 *
 * @param arrivalNanos when it arrived, at least 0; as a parser gives it, on the trace's own clock,
 *     and as a reader of whole traces gives it, since the earliest request
 * @param promptTokens see {@link SequenceLengths}
 * @param outputTokens see {@link SequenceLengths}
 */
public record TraceRequest(long arrivalNanos, int promptTokens, int outputTokens)
    implements TraceLine, Serializable {

  public TraceRequest {
    if (arrivalNanos < 0) {
      throw new IllegalArgumentException("arrival must not be negative: " + arrivalNanos + " ns");
    }
    new SequenceLengths(promptTokens, outputTokens);
  }

  public SequenceLengths lengths() {
    return new SequenceLengths(promptTokens, outputTokens);
  }

  /** The same request on a clock that starts at {@code originNanos}. */
  public TraceRequest since(long originNanos) {
    return new TraceRequest(arrivalNanos - originNanos, promptTokens, outputTokens);
  }
}
