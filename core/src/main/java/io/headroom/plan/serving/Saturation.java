package io.headroom.plan.serving;

import java.util.stream.IntStream;

/**
 * Whether a fleet is left behind. Waits rise and fall by chance and with the hour; where more comes
 * than is served, each request waits longer than the one before it by the part that is too much.
 */
final class Saturation {
  /** Of the requests, at the beginning and at the end. */
  private static final int PARTS = 10;

  /** Of the time in which requests came: so much less was served than came. */
  private static final double LEAST_GROWTH = 0.01;

  private Saturation() {}

  /** See {@link ServingResult#saturated}. */
  static boolean isReached(Outcomes outcomes) {
    int[] completed = IntStream.range(0, outcomes.count()).filter(outcomes::isCompleted).toArray();
    int part = completed.length / PARTS;
    if (part == 0) {
      return false;
    }
    int last = completed.length - 1;
    double grown = 0;
    for (int i = 0; i < part; i++) {
      grown += outcomes.waitedMillis(completed[last - i]) - outcomes.waitedMillis(completed[i]);
    }
    double millis = outcomes.arrivalMillis(completed[last]) - outcomes.arrivalMillis(completed[0]);
    return grown / part > LEAST_GROWTH * millis;
  }
}
