package io.headroom.workload;

import java.io.Serializable;
import java.util.Objects;

/**
 * One request of a trace.
 *
 * @param arrivalNanos when it arrived, at least 0, or {@link #NO_ARRIVAL}; as a parser gives it, on
 *     the trace's own clock, and as a reader of whole traces gives it, since the earliest request
 * @param promptTokens see {@link SequenceLengths}
 * @param outputTokens see {@link SequenceLengths}
 * @param history {@link RequestHistory#NONE} unless it is asked for
 */
public record TraceRequest(
    long arrivalNanos, int promptTokens, int outputTokens, RequestHistory history)
    implements TraceLine, Serializable {
  /** Of a request that does not say when it arrived. */
  public static final long NO_ARRIVAL = -1;

  public TraceRequest {
    if (arrivalNanos < 0 && arrivalNanos != NO_ARRIVAL) {
      throw new IllegalArgumentException("arrival must not be negative: " + arrivalNanos + " ns");
    }
    new SequenceLengths(promptTokens, outputTokens);
    Objects.requireNonNull(history, "history");
  }

  /** A request that stands for itself. */
  public TraceRequest(long arrivalNanos, int promptTokens, int outputTokens) {
    this(arrivalNanos, promptTokens, outputTokens, RequestHistory.NONE);
  }

  public SequenceLengths lengths() {
    return new SequenceLengths(promptTokens, outputTokens);
  }

  public boolean hasArrival() {
    return arrivalNanos != NO_ARRIVAL;
  }

  /** The same request without its arrival. */
  public TraceRequest withoutArrival() {
    return new TraceRequest(NO_ARRIVAL, promptTokens, outputTokens, history);
  }

  /** The same request, sent so long after the answer to the turn before it. */
  TraceRequest after(long delayNanos) {
    return new TraceRequest(arrivalNanos, promptTokens, outputTokens, history.after(delayNanos));
  }

  /** The same request on a clock that starts at {@code originNanos}. */
  public TraceRequest since(long originNanos) {
    if (arrivalNanos < originNanos) {
      throw new IllegalArgumentException(
          "arrival must not be negative: " + (arrivalNanos - originNanos) + " ns");
    }
    return new TraceRequest(arrivalNanos - originNanos, promptTokens, outputTokens, history);
  }
}
