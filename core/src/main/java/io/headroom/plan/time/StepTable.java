package io.headroom.plan.time;

/**
 * The times of {@link StepModel} for its shapes, tabulated once, so that a step is asked for in
 * less than a microsecond. Between points times are interpolated.
 */
public final class StepTable {
  private static final double LEAST_MILLIS = 1e-6;

  /** What a part of a step may add. */
  @FunctionalInterface
  private interface Part {
    void add(PartTimes times, double first, double second);
  }

  /** Times over one or two sizes. */
  private static final class Times {
    final double[] first;
    final double[] second;
    final double[][] millis;

    Times(double[] first, double[] second, Part part) {
      this.first = first;
      this.second = second;
      this.millis = new double[first.length][second.length];
      for (int i = 0; i < first.length; i++) {
        for (int j = 0; j < second.length; j++) {
          PartTimes times = new PartTimes();
          part.add(times, first[i], second[j]);
          millis[i][j] = Math.max(LEAST_MILLIS, times.total());
        }
      }
    }

    double linear(double value) {
      if (first.length == 1) {
        return millis[0][0];
      }
      int i = Grid.interval(first, value);
      double part = (value - first[i]) / (first[i + 1] - first[i]);
      return Math.max(LEAST_MILLIS, millis[i][0] + part * (millis[i + 1][0] - millis[i][0]));
    }

    /** Bilinear between points that are half a doubling apart. */
    double at(double a, double b) {
      int i = first.length == 1 ? 0 : Grid.interval(first, a);
      int j = second.length == 1 ? 0 : Grid.interval(second, b);
      double left = second.length == 1 ? 0 : part(second, j, b);
      double low = along(millis[i], j, left);
      if (first.length == 1) {
        return low;
      }
      double high = along(millis[i + 1], j, left);
      return low + part(first, i, a) * (high - low);
    }

    private static double along(double[] row, int j, double part) {
      return part == 0 ? row[j] : row[j] + part * (row[j + 1] - row[j]);
    }

    private static double part(double[] points, int i, double value) {
      return (Math.max(points[0], value) - points[i]) / (points[i + 1] - points[i]);
    }
  }

  private final Parallelism parallelism;
  private final StepModel model;
  private final Times tokens;
  private final Times head;
  private final Times decoding;
  private final Times prompts;

  private StepTable(StepModel model, StepLimits limits) {
    this.parallelism = model.parallelism();
    this.model = model;
    double[] one = {1};
    this.tokens =
        new Times(
            Grid.tokens(limits.tokens()), one, (times, count, no) -> model.addTokens(times, count));
    double[] sequences = Grid.halfOctaves(limits.sequences());
    double[] lengths = Grid.halfOctaves(limits.length());
    this.head = new Times(sequences, one, (times, count, no) -> model.addHead(times, count));
    this.decoding = new Times(sequences, lengths, model::addDecoding);
    this.prompts =
        new Times(
            Grid.halfOctaves(limits.prompts()),
            lengths,
            (times, count, length) -> model.addPrompts(times, count, length, 0));
  }

  /** Tabulates a model up to the limits; beyond them times go on as they did before. */
  public static StepTable of(StepModel model, StepLimits limits) {
    return new StepTable(model, limits);
  }

  /** What a step takes before an engine's costs; nothing where nothing is to do. */
  public StepMillis step(StepLoad load) {
    StepLoad own = load.ofRank(parallelism);
    double decodes = own.decoding();
    if (own.prompts() == 0) {
      return new StepMillis(decodes > 0 ? decodeMillis(decodes, own.keptTokens()) : 0, decodes, 0);
    }
    double prior = own.priorTokens();
    double attention =
        prompts.at(own.prompts(), own.promptTokens() + prior)
            - (prior > 0 ? prompts.at(own.prompts(), prior) : 0);
    double kernels =
        tokens.linear(own.tokens())
            + head.linear(decodes + own.prompts())
            + (decodes > 0 ? decoding.at(decodes, own.keptTokens() + 1) : 0)
            + Math.max(LEAST_MILLIS, attention);
    return new StepMillis(kernels, decodes + own.prompts(), model.layerCount());
  }

  private double decodeMillis(double sequences, double kept) {
    return sequences == 0
        ? 0
        : tokens.linear(sequences) + head.linear(sequences) + decoding.at(sequences, kept + 1);
  }

  /** The same step as it was not tabulated, with what it is made of and how sure that is. */
  public StepTime time(StepLoad load) {
    return model.time(load);
  }
}
