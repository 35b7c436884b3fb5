package io.headroom.plan.search;

import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;

/**
 * The highest rate of a replica, and what its requests see at any. The levels of TTFT and TPOT
 * decide once for all sizes of the cache; what the cache and the engine's sequences allow is asked
 * for each.
 */
final class ReplicaLoad {
  private static final int HALVINGS = 14;
  private static final int PERCENTILE_HALVINGS = 16;
  private static final double MILLIS_PER_SECOND = 1e3;
  private static final double MOST_MILLIS = 1e9;

  /** What chance makes of a rate, in standard deviations; closer where it is high. */
  private static final double[] CHANCES = {-0.8, 0.5, 1.2, 1.75, 2.2, 2.7};

  private static final double[] CHANCE_WEIGHTS = {0.5, 0.3, 0.12, 0.05, 0.02, 0.01};

  private static final double LEAST_CHANCE = 0.05;

  /**
   * Running sequences follow a rate that changes while they run by so much: at this capacities are
   * nearest to simulated ones.
   */
  private static final double AVERAGED = 0.6;

  private final ServingCurve curve;
  private final double roundedTokens;
  private final double keptVariation;
  private final double busiest;
  private final double[] levels;
  private final double[] weights;
  private final PointValues ttftOfLevel;
  private final PointValues tpotOfLevel;
  private final PointValues neededFullRates;
  private final Capacity byLatency;

  /**
   * @param tokensOfSequence that a running sequence has in the cache on average, what its engine
   *     reserves for it included
   */
  ReplicaLoad(ServingCurve curve, Demand demand, double tokensOfSequence) {
    this.curve = curve;
    this.roundedTokens = tokensOfSequence;
    this.keptVariation = demand.mix().keptVariation();
    this.busiest = demand.arrivals().levelOf(ServiceLevels.MAY_MISS);
    this.levels = demand.arrivals().levels();
    this.weights = demand.arrivals().weights();
    int points = curve.points();
    this.ttftOfLevel = new PointValues(points, i -> overChances(curve.rate(i), curve::missedTtft));
    this.tpotOfLevel = new PointValues(points, i -> overChances(curve.rate(i), curve::missedTpot));
    this.neededFullRates = new PointValues(points, this::neededFullRate);
    this.byLatency = byLatency();
  }

  /** The highest rate whatever the cache holds. */
  private Capacity byLatency() {
    double least = 1e-6 * curve.mostRate();
    if (missedTtft(least) > ServiceLevels.MAY_MISS) {
      return Capacity.none(Limit.TTFT);
    }
    if (missedTpot(least) > ServiceLevels.MAY_MISS) {
      return Capacity.none(Limit.TPOT);
    }
    double met = least;
    double missed = curve.mostRate() / levels[0];
    Limit limit = Limit.COMPUTE;
    for (int i = 0; i < HALVINGS + 6; i++) {
      double middle = 0.5 * (met + missed);
      boolean late = missedTtft(middle) > ServiceLevels.MAY_MISS;
      boolean slow = !late && missedTpot(middle) > ServiceLevels.MAY_MISS;
      if (late || slow) {
        missed = middle;
        limit = late ? Limit.TTFT : Limit.TPOT;
      } else {
        met = middle;
      }
    }
    boolean isFull = met * busiest > 0.98 * curve.mostRate();
    return new Capacity(met * MILLIS_PER_SECOND, isFull ? Limit.COMPUTE : limit);
  }

  private double missedTtft(double rate) {
    return overLevels(rate, level -> ttftOfLevel.between(curve.position(level), 1));
  }

  private double missedTpot(double rate) {
    return overLevels(rate, level -> tpotOfLevel.between(curve.position(level), 1));
  }

  /** The part of the requests that miss something: over the levels of the workload. */
  private double overLevels(double rate, DoubleUnaryOperator missedAt) {
    double missed = 0;
    for (int i = 0; i < levels.length; i++) {
      missed += weights[i] * missedAt.applyAsDouble(rate * levels[i]);
    }
    return missed;
  }

  /** At a level: over what chance makes of the rate while a request lasts. */
  private double overChances(double level, DoubleUnaryOperator missedAt) {
    double deviation = deviation(level);
    double missed = 0;
    for (int i = 0; i < CHANCES.length; i++) {
      missed += CHANCE_WEIGHTS[i] * missedAt.applyAsDouble(ofChance(level, deviation, i));
    }
    return missed;
  }

  private static double ofChance(double level, double deviation, int chance) {
    return level * Math.max(LEAST_CHANCE, 1 + CHANCES[chance] * deviation);
  }

  /**
   * Of the rate while a request lasts, as a part of it: as many requests come in that time as run,
   * and their number varies by how they come and by how long they last (peakedness of a queue with
   * many servers).
   */
  private double deviation(double rate) {
    double running = curve.running(rate);
    return AVERAGED * Math.sqrt(0.5 * (1 + curve.variation(rate)) / Math.max(1, running));
  }

  /**
   * @param poolTokens that the caches of all ranks hold
   * @param sequences that run at once on all ranks
   */
  Capacity capacity(long poolTokens, long sequences) {
    if (byLatency.requestsPerSecond() == 0 || !curve.decodes()) {
      return byLatency;
    }
    double ofPool = poolTokens / roundedTokens;
    boolean poolFirst = ofPool / Math.sqrt(1 + keptVariation) < sequences;
    double fullRate = curve.rateOf(Math.min(ofPool, sequences));
    double most = byLatency.requestsPerSecond() / MILLIS_PER_SECOND;
    double met = rateWithin(fullRate);
    return met >= most
        ? byLatency
        : new Capacity(met * MILLIS_PER_SECOND, poolFirst ? Limit.KV : Limit.SEQUENCES);
  }

  /**
   * The rate at which as few requests as may find no room to run, where all of it is taken at a
   * full rate: between points of the curve, of which each knows the full rate that it needs.
   */
  private double rateWithin(double fullRate) {
    if (Double.isInfinite(fullRate)) {
      return Double.POSITIVE_INFINITY;
    }
    int low = 0;
    int high = curve.points() - 1;
    if (neededFullRates.at(0) >= fullRate) {
      return curve.rate(0) * fullRate / neededFullRates.at(0);
    }
    if (neededFullRates.at(high) <= fullRate) {
      return Double.POSITIVE_INFINITY;
    }
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (neededFullRates.at(middle) <= fullRate) {
        low = middle;
      } else {
        high = middle;
      }
    }
    double part =
        (fullRate - neededFullRates.at(low)) / (neededFullRates.at(high) - neededFullRates.at(low));
    return curve.rate(low) + part * (curve.rate(high) - curve.rate(low));
  }

  /** Of the rate at a point of the curve: at which rate there must be room for all that run. */
  private double neededFullRate(int point) {
    double rate = curve.rate(point);
    double missed = rate * levels[0];
    double met = 3 * rate * levels[levels.length - 1];
    for (int i = 0; i < HALVINGS; i++) {
      double middle = 0.5 * (met + missed);
      if (missedSlots(rate, middle) > ServiceLevels.MAY_MISS) {
        missed = middle;
      } else {
        met = middle;
      }
    }
    return met;
  }

  /** Of the requests, those that find no room to run: while they come, more run than there may. */
  private double missedSlots(double rate, double fullRate) {
    double missed = 0;
    for (int i = 0; i < levels.length; i++) {
      double level = rate * levels[i];
      missed += weights[i] * Tails.normal((fullRate / level - 1) / deviation(level));
    }
    return missed;
  }

  /**
   * The 99th percentile of TTFT at a rate; infinite where it cannot be served.
   *
   * @param requestsPerSecond of this replica
   */
  double ttftP99(double requestsPerSecond) {
    return percentile(tail(requestsPerSecond, curve::ttftTail));
  }

  double tpotP99(double requestsPerSecond) {
    return percentile(tail(requestsPerSecond, curve::tpotTail));
  }

  /** Over the levels of the workload, and over what chance makes of each. */
  private LatencyTail tail(double requestsPerSecond, DoubleFunction<LatencyTail> tailAt) {
    double rate = requestsPerSecond / MILLIS_PER_SECOND;
    LatencyTail[] tails = new LatencyTail[levels.length * CHANCES.length];
    for (int i = 0; i < tails.length; i++) {
      double level = rate * levels[i / CHANCES.length];
      tails[i] = tailAt.apply(ofChance(level, deviation(level), i % CHANCES.length));
    }
    return millis -> {
      double above = 0;
      for (int i = 0; i < tails.length; i++) {
        double weight = weights[i / CHANCES.length] * CHANCE_WEIGHTS[i % CHANCES.length];
        above += weight * tails[i].above(millis);
      }
      return above;
    };
  }

  /** What a token takes on average. */
  double tpotMean(double requestsPerSecond) {
    return curve.stepMillis(requestsPerSecond / MILLIS_PER_SECOND);
  }

  /** From the arrival to the first token of a prompt of the mean length that waits for nothing. */
  double alone(double requestsPerSecond) {
    return curve.alone(requestsPerSecond / MILLIS_PER_SECOND);
  }

  double promptTokenMillis(double requestsPerSecond) {
    return curve.promptTokenMillis(requestsPerSecond / MILLIS_PER_SECOND);
  }

  /** What one sequence more adds to a step. */
  double sequenceMillis(double requestsPerSecond) {
    return curve.sequenceMillis(requestsPerSecond / MILLIS_PER_SECOND);
  }

  double running(double requestsPerSecond) {
    return curve.running(requestsPerSecond / MILLIS_PER_SECOND);
  }

  private static double percentile(LatencyTail tail) {
    if (tail.above(MOST_MILLIS) > ServiceLevels.MAY_MISS) {
      return Double.POSITIVE_INFINITY;
    }
    double low = 0;
    double high = 1;
    while (tail.above(high) > ServiceLevels.MAY_MISS) {
      low = high;
      high *= 2;
    }
    for (int i = 0; i < PERCENTILE_HALVINGS; i++) {
      double middle = 0.5 * (low + high);
      if (tail.above(middle) > ServiceLevels.MAY_MISS) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }
}
