package io.headroom.plan.time;

/**
 * How long the steps of an engine take, its costs included: the same as {@link StepTable} and
 * {@link EngineCosts} say, found in a few nanoseconds where a step only decodes. For each number of
 * sequences the time of such a step is linear in the length between a few lengths, so that its
 * lines are prepared once. It does not change, so that threads may share it.
 */
public final class EngineSteps {
  private final StepTable table;
  private final Parallelism parallelism;
  private final EngineCosts costs;
  private final boolean overlaps;
  private final int mostSequences;
  private final int lengths;

  /** By number of sequences and interval of lengths: what a line has at 0, and how it rises. */
  private final double[] lines;

  /** By number of sequences: what the host takes if that is more. */
  private final double[] leastMillis;

  private EngineSteps(StepTable table, EngineCosts costs, String release) {
    this.table = table;
    this.parallelism = table.parallelism();
    this.costs = costs;
    this.overlaps = costs.overlaps(release);
    this.mostSequences = table.limits().sequences();
    double[] points = table.lengths();
    this.lengths = points.length;
    int intervals = Math.max(1, lengths - 1);
    this.lines = new double[2 * intervals * (mostSequences + 1)];
    this.leastMillis = new double[mostSequences + 1];
    for (int sequences = 1; sequences <= mostSequences; sequences++) {
      double host = costs.hostMillis(sequences);
      leastMillis[sequences] = overlaps ? host : 0;
      double fixed = costs.scale() * table.unattendedMillis(sequences) + (overlaps ? 0 : host);
      double low = attending(sequences, points[0]);
      for (int i = 0; i < intervals; i++) {
        int place = 2 * (sequences * intervals + i);
        if (lengths == 1) {
          lines[place] = fixed + low;
          continue;
        }
        double high = attending(sequences, points[i + 1]);
        double rise = (high - low) / (points[i + 1] - points[i]);
        lines[place] = fixed + low - rise * points[i];
        lines[place + 1] = rise;
        low = high;
      }
    }
  }

  private double attending(int sequences, double length) {
    return costs.scale() * table.attendingMillis(sequences, length - 1);
  }

  /**
   * @param release such as {@code 0.12.0}; empty: the newest
   */
  public static EngineSteps of(StepTable table, EngineCosts costs, String release) {
    return new EngineSteps(table, costs, release);
  }

  /**
   * Milliseconds of a step that only decodes.
   *
   * @param decoding sequences, at least 1
   * @param keptTokens positions that each has before it, on average, at least 0
   */
  public double decodeMillis(int decoding, double keptTokens) {
    int own = (int) parallelism.ownSequences(decoding);
    if (own > mostSequences) {
      return costs.millis(table.decodeMillis(own, keptTokens), own, 0, overlaps);
    }
    double length = keptTokens + 1;
    int place =
        lengths == 1 ? 2 * own : 2 * (own * (lengths - 1) + Grid.halfOctave(lengths, length));
    return Math.max(leastMillis[own], lines[place] + lines[place + 1] * length);
  }

  /** Milliseconds of any step, in the terms of {@link StepLoad}; it has something to do. */
  public double millis(
      double decoding, double keptTokens, double prompts, double promptTokens, double priorTokens) {
    double decodes = parallelism.ownSequences(decoding);
    double own = parallelism.ownPrompts(prompts);
    if (own == 0) {
      return costs.millis(table.decodeMillis(decodes, keptTokens), decodes, 0, overlaps);
    }
    double kernels = table.mixedMillis(decodes, keptTokens, own, promptTokens, priorTokens);
    return costs.millis(kernels, decodes + own, table.layerCount(), overlaps);
  }
}
