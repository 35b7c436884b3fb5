package io.headroom.plan.time;

/**
 * The times of {@link StepModel} for its shapes, tabulated once, so that a step is asked for in
 * less than a tenth of a microsecond. Between points times are interpolated.
 */
public final class StepTable {
  static final double LEAST_MILLIS = 1e-6;

  private final Parallelism parallelism;
  private final StepModel model;
  private final StepLimits limits;
  private final TokenTimes tokens;
  private final SizeTimes head;
  private final SizeTimes decoding;
  private final SizeTimes prompts;

  private StepTable(StepModel model, StepLimits limits) {
    this.parallelism = model.parallelism();
    this.model = model;
    this.limits = limits;
    this.tokens =
        new TokenTimes(
            limits.tokens(),
            count -> {
              PartTimes times = new PartTimes();
              model.addTokens(times, count);
              return times.total();
            });
    this.head =
        SizeTimes.ofSequences(
            limits.sequences(), (times, count, no) -> model.addHead(times, count));
    this.decoding = SizeTimes.of(limits.sequences(), limits.length(), model::addDecoding);
    this.prompts =
        SizeTimes.of(
            limits.prompts(),
            limits.length(),
            (times, count, length) -> model.addPrompts(times, count, length, 0));
  }

  /** Tabulates a model up to the limits; beyond them times go on as they did before. */
  public static StepTable of(StepModel model, StepLimits limits) {
    return new StepTable(model, limits);
  }

  StepLimits limits() {
    return limits;
  }

  int layerCount() {
    return model.layerCount();
  }

  Parallelism parallelism() {
    return parallelism;
  }

  /** What a step takes before an engine's costs; nothing where nothing is to do. */
  public StepMillis step(StepLoad load) {
    double decodes = parallelism.ownSequences(load.decoding());
    double own = parallelism.ownPrompts(load.prompts());
    if (own == 0) {
      double kernels = decodes == 0 ? 0 : decodeMillis(decodes, load.keptTokens());
      return new StepMillis(kernels, decodes, 0);
    }
    double kernels =
        mixedMillis(decodes, load.keptTokens(), own, load.promptTokens(), load.priorTokens());
    return new StepMillis(kernels, decodes + own, model.layerCount());
  }

  /** Kernels of a step of a rank that only decodes, some at least. */
  double decodeMillis(double sequences, double kept) {
    return unattendedMillis(sequences) + attendingMillis(sequences, kept);
  }

  /** Of that, what does not depend on lengths. */
  double unattendedMillis(double sequences) {
    return tokens.at(sequences) + head.at(sequences, 1);
  }

  /** The rest. */
  double attendingMillis(double sequences, double kept) {
    return decoding.at(sequences, kept + 1);
  }

  /** Lengths between which the time of decoding is linear, the new token included. */
  double[] lengths() {
    return decoding.lengths();
  }

  /** Kernels of a step of a rank that runs prompts, and decodes if there is something to. */
  double mixedMillis(
      double decodes, double kept, double ownPrompts, double promptTokens, double prior) {
    double attention =
        prompts.at(ownPrompts, promptTokens + prior)
            - (prior > 0 ? prompts.at(ownPrompts, prior) : 0);
    return tokens.at(decodes + ownPrompts * promptTokens)
        + head.at(decodes + ownPrompts, 1)
        + (decodes > 0 ? attendingMillis(decodes, kept) : 0)
        + Math.max(LEAST_MILLIS, attention);
  }

  /** The same step as it was not tabulated, with what it is made of and how sure that is. */
  public StepTime time(StepLoad load) {
    return model.time(load);
  }
}
