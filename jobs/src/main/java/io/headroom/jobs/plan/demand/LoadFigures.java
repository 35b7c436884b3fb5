package io.headroom.jobs.plan.demand;

import java.io.Serializable;

/** What the driver needs of a minute. A class with plain fields, as {@link MinuteLoad}. */
final class LoadFigures implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final double MICROS_PER_SECOND = 1e6;

  int minute;
  long arrivals;
  long promptTokens;
  long outputTokens;
  double concurrentRequests;
  double concurrentKvBytes;
  double mostConcurrentKvBytes;

  static LoadFigures of(int minute, MinuteLoad load, DemandModel model) {
    LoadFigures figures = new LoadFigures();
    figures.minute = minute;
    figures.arrivals = load.arrivals;
    figures.promptTokens = load.promptTokens;
    figures.outputTokens = load.outputTokens;
    long requestMicros = 0;
    long tokenMicros = 0;
    for (int second = 0; second < MinuteLoad.SECONDS; second++) {
      requestMicros += load.requestMicros[second];
      tokenMicros += load.tokenMicros[second];
      double kvBytes =
          model.kvBytes(
              load.tokenMicros[second] / MICROS_PER_SECOND,
              load.requestMicros[second] / MICROS_PER_SECOND);
      figures.mostConcurrentKvBytes = Math.max(figures.mostConcurrentKvBytes, kvBytes);
    }
    double minuteMicros = MinuteLoad.SECONDS * MICROS_PER_SECOND;
    figures.concurrentRequests = requestMicros / minuteMicros;
    figures.concurrentKvBytes =
        model.kvBytes(tokenMicros / minuteMicros, requestMicros / minuteMicros);
    return figures;
  }
}
