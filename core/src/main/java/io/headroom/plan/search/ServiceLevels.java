package io.headroom.plan.search;

import java.io.Serializable;

/**
 * What all but one in a hundred requests must meet.
 *
 * @param ttftP99Millis to the first token
 * @param tpotP99Millis a token after it: (end-to-end - TTFT) / (output tokens - 1)
 */
public record ServiceLevels(double ttftP99Millis, double tpotP99Millis) implements Serializable {
  /** Of the requests, those that may miss a level. */
  public static final double MAY_MISS = 0.01;

  public ServiceLevels {
    if (!(ttftP99Millis > 0) || !(tpotP99Millis > 0)) {
      throw new IllegalArgumentException(
          "service levels must be above 0: %s, %s".formatted(ttftP99Millis, tpotP99Millis));
    }
  }
}
