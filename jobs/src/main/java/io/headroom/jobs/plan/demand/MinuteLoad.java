package io.headroom.jobs.plan.demand;

import java.io.Serializable;

/**
 * What falls into one minute, second by second, in whole numbers: sums do not depend on the order
 * of requests or on how a trace is split. A class with plain fields, since Kryo cannot fill a
 * record.
 */
final class MinuteLoad implements Serializable {
  static final int SECONDS = 60;

  private static final long serialVersionUID = 1L;

  long arrivals;
  long promptTokens;
  long outputTokens;

  /** By second: microseconds for which requests are served, of all together. */
  final long[] requestMicros = new long[SECONDS];

  /** By second: tokens that sequences keep times microseconds. */
  final long[] tokenMicros = new long[SECONDS];

  /** Takes the other's load as well. */
  MinuteLoad plus(MinuteLoad other) {
    arrivals += other.arrivals;
    promptTokens += other.promptTokens;
    outputTokens += other.outputTokens;
    for (int second = 0; second < SECONDS; second++) {
      requestMicros[second] += other.requestMicros[second];
      tokenMicros[second] += other.tokenMicros[second];
    }
    return this;
  }
}
