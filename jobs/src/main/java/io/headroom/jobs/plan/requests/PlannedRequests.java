package io.headroom.jobs.plan.requests;

import io.headroom.Fingerprint;
import io.headroom.plan.search.ArrivalPattern;
import io.headroom.plan.search.Demand;
import io.headroom.plan.search.RequestMix;
import io.headroom.plan.search.ServiceLevels;
import io.headroom.plan.serving.Requests;
import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The requests that a plan is for, in the order in which they are sent. Arrays have one element a
 * request, or none at all for what is not known.
 *
 * @param arrivalMillis from the first one
 * @param inputTokens at least 1
 * @param outputTokens at least 1
 * @param prefixBlocks ids of the blocks that a prompt begins with
 * @param prefixBlockTokens tokens of such a block; 0 if there are none
 * @param previous the request whose answer a request waits for, or {@link Requests#NONE}
 * @param delayMillis how long after that answer it is sent
 * @param requestsPerSecond of all that there are, these and those left out
 * @param gapVariation squared coefficient of variation of gaps; NaN: as the arrivals have it
 */
public record PlannedRequests(
    double[] arrivalMillis,
    int[] inputTokens,
    int[] outputTokens,
    int[][] prefixBlocks,
    int prefixBlockTokens,
    int[] previous,
    double[] delayMillis,
    double requestsPerSecond,
    double gapVariation)
    implements Serializable {
  private static final int FINGERPRINT_BYTES = 16;

  /** What changes more quickly is evened out while requests last. */
  private static final double WINDOW_MILLIS = 20_000;

  public int count() {
    return inputTokens.length;
  }

  public Demand demand(ServiceLevels levels) {
    ArrivalPattern arrivals =
        Double.isNaN(gapVariation)
            ? ArrivalPattern.of(arrivalMillis, WINDOW_MILLIS)
            : ArrivalPattern.gaps(gapVariation);
    return new Demand(
        RequestMix.of(inputTokens, outputTokens), arrivals, requestsPerSecond, levels);
  }

  /** How many are simulated where at most so many are. */
  public int simulatedCount(int most) {
    return Math.min(most, count());
  }

  /** The first of them, as they are simulated. */
  public Requests simulated(int most) {
    int taken = simulatedCount(most);
    Requests requests =
        new Requests(
            Arrays.copyOf(arrivalMillis, taken),
            Arrays.copyOf(inputTokens, taken),
            Arrays.copyOf(outputTokens, taken));
    if (prefixBlockTokens > 0) {
      requests = requests.withPrefixBlocks(Arrays.copyOf(prefixBlocks, taken), prefixBlockTokens);
    }
    return previous.length == 0
        ? requests
        : requests.inSessions(Arrays.copyOf(previous, taken), Arrays.copyOf(delayMillis, taken));
  }

  /** Two with one fingerprint are the same requests. */
  public String fingerprint() {
    IntStream arrivals =
        Arrays.stream(arrivalMillis)
            .mapToLong(Double::doubleToLongBits)
            .flatMap(bits -> LongStream.of(bits >>> Integer.SIZE, bits))
            .mapToInt(bits -> (int) bits);
    IntStream lengths = IntStream.concat(Arrays.stream(inputTokens), Arrays.stream(outputTokens));
    return Fingerprint.of(IntStream.concat(arrivals, lengths), FINGERPRINT_BYTES);
  }
}
