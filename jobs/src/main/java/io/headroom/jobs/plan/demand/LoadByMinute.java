package io.headroom.jobs.plan.demand;

import java.util.HashMap;
import java.util.Map;

/**
 * Spreads requests over the minutes in which they are served. A request keeps its prompt from its
 * arrival to its first token, and from then on evenly more, up to its whole length at its end.
 */
final class LoadByMinute {
  private static final long MICROS_PER_SECOND = 1_000_000L;
  private static final double MICROS_PER_MILLISECOND = 1_000;
  private static final int NONE = -1;

  private final DemandModel model;
  private final long prefillMicros;
  private final Map<Integer, MinuteLoad> minutes = new HashMap<>();
  private int lastMinute = NONE;
  private MinuteLoad last;

  LoadByMinute(DemandModel model) {
    this.model = model;
    this.prefillMicros = Math.round(model.ttftMillis() * MICROS_PER_MILLISECOND);
  }

  Map<Integer, MinuteLoad> minutes() {
    return minutes;
  }

  /**
   * @param arrivalMicros since the first arrival
   * @param outputTokens at least 1
   */
  void add(long arrivalMicros, int promptTokens, int outputTokens) {
    MinuteLoad arrived = minute(arrivalMicros / MICROS_PER_SECOND);
    arrived.arrivals++;
    arrived.promptTokens += promptTokens;
    arrived.outputTokens += outputTokens;

    long decodeMicros =
        Math.round((outputTokens - 1) * model.tpotMillis() * MICROS_PER_MILLISECOND);
    long servedMicros = prefillMicros + decodeMicros;
    double growth = decodeMicros == 0 ? 0 : outputTokens / (2.0 * decodeMicros);
    long from = 0;
    long tokenMicrosBefore = 0;
    long second = arrivalMicros / MICROS_PER_SECOND;
    while (from < servedMicros) {
      long until = Math.min((second + 1) * MICROS_PER_SECOND - arrivalMicros, servedMicros);
      long tokenMicros = tokenMicros(promptTokens, growth, until);
      MinuteLoad load = minute(second);
      int within = (int) (second % MinuteLoad.SECONDS);
      load.requestMicros[within] += until - from;
      load.tokenMicros[within] += tokenMicros - tokenMicrosBefore;
      tokenMicrosBefore = tokenMicros;
      from = until;
      second++;
    }
  }

  /**
   * From the arrival until so many microseconds later. Rounded here, what falls into the seconds of
   * a request adds up to what the whole request keeps, wherever the seconds begin.
   */
  private long tokenMicros(int promptTokens, double growth, long micros) {
    long decoded = micros - prefillMicros;
    long grown = decoded <= 0 ? 0 : (long) (growth * decoded * decoded);
    return promptTokens * micros + grown;
  }

  private MinuteLoad minute(long second) {
    int minute = (int) (second / MinuteLoad.SECONDS);
    if (minute != lastMinute) {
      last = minutes.computeIfAbsent(minute, any -> new MinuteLoad());
      lastMinute = minute;
    }
    return last;
  }
}
