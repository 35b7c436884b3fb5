package io.headroom.plan.search;

import io.headroom.kvcache.KvFormat;
import java.io.Serializable;
import java.util.Collections;
import java.util.List;

/**
 * All deployments of a search: every combination of its lists, by number. Those next to each other
 * share the most, so that what is tabulated for one serves the next.
 *
 * @param accelerators by name
 * @param weights {@link #AS_CHECKPOINT} or what an engine quantises to
 * @param disaggregated whether prompts run on a pool of their own
 * @param batchedTokens the most of a step
 * @param sequences the most that run at once on a rank
 * @param utilisations the part of the memory that the engine may take
 */
public record SearchSpace(
    List<ModelVariant> variants,
    List<String> accelerators,
    List<ParallelChoice> parallelisms,
    List<String> weights,
    List<KvFormat> kvFormats,
    List<Integer> batchedTokens,
    List<Boolean> disaggregated,
    List<Integer> sequences,
    List<Double> utilisations)
    implements Serializable {
  public static final String AS_CHECKPOINT = "model";

  /** Which of each list. */
  public record Choice(
      int variant,
      int accelerator,
      int parallelism,
      int weights,
      int kvFormat,
      int batchedTokens,
      int disaggregated,
      int sequences,
      int utilisation) {

    private Choice withUtilisation(int other) {
      return new Choice(
          variant,
          accelerator,
          parallelism,
          weights,
          kvFormat,
          batchedTokens,
          disaggregated,
          sequences,
          other);
    }

    /** Whether the same model is on the same accelerators in the same parts. */
    boolean isDividedAs(Choice other) {
      return variant == other.variant
          && accelerator == other.accelerator
          && parallelism == other.parallelism;
    }

    /** Whether steps take as long: the same model on the same accelerators. */
    boolean hasStepsOf(Choice other) {
      return isDividedAs(other) && weights == other.weights && kvFormat == other.kvFormat;
    }
  }

  public SearchSpace {
    variants = List.copyOf(variants);
    accelerators = List.copyOf(accelerators);
    parallelisms = List.copyOf(parallelisms);
    weights = List.copyOf(weights);
    kvFormats = List.copyOf(kvFormats);
    batchedTokens = List.copyOf(batchedTokens);
    disaggregated = List.copyOf(disaggregated);
    sequences = List.copyOf(sequences);
    utilisations = List.copyOf(utilisations);
  }

  /**
   * @throws ArithmeticException if they are more than a long holds
   */
  public long size() {
    long size = 1;
    for (List<?> axis : axes()) {
      size = Math.multiplyExact(size, axis.size());
    }
    return size;
  }

  int mostBatchedTokens() {
    return Collections.max(batchedTokens);
  }

  int mostSequences() {
    return Collections.max(sequences);
  }

  private List<List<?>> axes() {
    return List.of(
        variants,
        accelerators,
        parallelisms,
        weights,
        kvFormats,
        batchedTokens,
        disaggregated,
        sequences,
        utilisations);
  }

  public Choice at(long number) {
    long left = number;
    int utilisation = (int) (left % utilisations.size());
    left /= utilisations.size();
    int sequence = (int) (left % sequences.size());
    left /= sequences.size();
    int pools = (int) (left % disaggregated.size());
    left /= disaggregated.size();
    int tokens = (int) (left % batchedTokens.size());
    left /= batchedTokens.size();
    int format = (int) (left % kvFormats.size());
    left /= kvFormats.size();
    int weight = (int) (left % weights.size());
    left /= weights.size();
    int parallelism = (int) (left % parallelisms.size());
    left /= parallelisms.size();
    int accelerator = (int) (left % accelerators.size());
    left /= accelerators.size();
    return new Choice(
        (int) left, accelerator, parallelism, weight, format, tokens, pools, sequence, utilisation);
  }

  /**
   * The choice of a number, found from that of the number before it.
   *
   * @param before of {@code number - 1}
   */
  Choice next(long number, Choice before) {
    int utilisation = before.utilisation() + 1;
    return utilisation < utilisations.size() ? before.withUtilisation(utilisation) : at(number);
  }

  /** In which a choice keeps the cache. */
  public KvFormat kvFormat(Choice choice) {
    return kvFormats.get(choice.kvFormat());
  }

  /** What is compared with one another: a model's heads and cache on an accelerator. */
  public int questions() {
    return variants.size() * accelerators.size() * kvFormats.size();
  }

  public int question(Choice choice) {
    return (choice.variant() * accelerators.size() + choice.accelerator()) * kvFormats.size()
        + choice.kvFormat();
  }
}
