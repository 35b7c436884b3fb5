package io.headroom.plan.serving;

import java.util.stream.IntStream;

/** Whether a queue grows for as long as requests come. */
final class Saturation {
  /** Of the requests, while an empty fleet fills. */
  private static final double LEFT_OUT = 0.2;

  private static final int PARTS = 4;

  /** Part of the time that passes by which waits grow: so much more came than was served. */
  private static final double LEAST_GROWTH = 0.01;

  private Saturation() {}

  /**
   * See {@link ServingResult#saturated}. Waits may rise by chance or with the hour; where more
   * comes than is served, they rise from part to part.
   */
  static boolean isReached(Outcomes outcomes) {
    int[] completed = IntStream.range(0, outcomes.count()).filter(outcomes::isCompleted).toArray();
    int from = (int) (LEFT_OUT * completed.length);
    int rest = completed.length - from;
    if (rest < PARTS) {
      return false;
    }
    double[] waited = new double[PARTS];
    double[] arrived = new double[PARTS];
    for (int part = 0; part < PARTS; part++) {
      int begin = from + (int) ((long) rest * part / PARTS);
      int end = from + (int) ((long) rest * (part + 1) / PARTS);
      for (int i = begin; i < end; i++) {
        waited[part] += outcomes.waitedMillis(completed[i]) / (end - begin);
        arrived[part] += outcomes.arrivalMillis(completed[i]) / (end - begin);
      }
      if (part > 0 && waited[part] <= waited[part - 1]) {
        return false;
      }
    }
    double grown = waited[PARTS - 1] - waited[0];
    return grown > LEAST_GROWTH * (arrived[PARTS - 1] - arrived[0]);
  }
}
