package io.headroom.attention;

import io.headroom.kvcache.HeadTensor;
import java.util.Arrays;
import java.util.Objects;

/**
 * Attention of some queries over one slice of their sequence, with what it takes to add the other
 * slices: the output over the slice alone, and the logarithm of the sum of its weights. Merging is
 * associative and commutative up to rounding, and {@link #empty} changes nothing, so the slices of
 * a sequence may be merged in any order and grouping (FlashAttention, arXiv 2205.14135, section
 * 3.1; the log-sum-exp form is that of FlashAttention-2, arXiv 2307.08691).
 *
 * <p>A row that saw no key has an output of zeros and a log-sum-exp of -infinity. NaN in either
 * stays.
 *
 * @param output {@code [queryHeads, tokens, valueDim]}, normalised over the slice
 * @param logSumExps {@code [queryHeads, tokens]}: {@code ln(sum of e^score)} over the keys that the
 *     row sees, scores scaled. They are doubles, for a rounding of scores that are large would be
 *     one of the weights
 */
public record PartialAttention(HeadTensor output, double[] logSumExps) {
  /** Within engines in the place of the sums, where nothing but the output is wanted. */
  public static final double[] NO_SUMS = {};

  public PartialAttention {
    Objects.requireNonNull(output, "output");
    if (logSumExps.length != (long) output.heads() * output.tokens()) {
      throw new IllegalArgumentException(
          "%d sums do not fit outputs of %d heads and %d tokens"
              .formatted(logSumExps.length, output.heads(), output.tokens()));
    }
  }

  /** What is known before any key was seen. */
  public static PartialAttention empty(AttentionShape shape, int tokens) {
    HeadTensor output = HeadTensor.zeros(shape.queryHeads(), tokens, shape.valueDim());
    double[] logSumExps = new double[output.heads() * tokens];
    Arrays.fill(logSumExps, Double.NEGATIVE_INFINITY);
    return new PartialAttention(output, logSumExps);
  }

  /** Index of a row's log-sum-exp. */
  public int index(int head, int token) {
    return head * output.tokens() + token;
  }

  /** Makes tokens from {@code from} to {@code to}, exclusive, see no key, in every head. */
  public void forget(int from, int to) {
    for (int head = 0; head < output.heads(); head++) {
      Arrays.fill(output.data(), output.row(head, from), output.row(head, to), 0);
      Arrays.fill(logSumExps, index(head, from), index(head, to), Double.NEGATIVE_INFINITY);
    }
  }

  /**
   * Adds what the same queries found in another slice of their sequence.
   *
   * @throws IllegalArgumentException if that are not as many rows of the same length
   */
  public void merge(PartialAttention other) {
    HeadTensor added = other.output;
    if (added.heads() != output.heads()
        || added.tokens() != output.tokens()
        || added.dim() != output.dim()) {
      throw new IllegalArgumentException(
          "outputs of %d heads, %d tokens of %d and of %d heads, %d tokens of %d are not of the same queries"
              .formatted(
                  output.heads(),
                  output.tokens(),
                  output.dim(),
                  added.heads(),
                  added.tokens(),
                  added.dim()));
    }
    for (int head = 0; head < output.heads(); head++) {
      for (int token = 0; token < output.tokens(); token++) {
        merge(other, head, token);
      }
    }
  }

  private void merge(PartialAttention other, int head, int token) {
    int index = index(head, token);
    double greatest = Math.max(logSumExps[index], other.logSumExps[index]);
    // No exponential is above 1; where neither saw a key there is no greatest to relate them to.
    double origin = greatest == Double.NEGATIVE_INFINITY ? 0 : greatest;
    double weight = Math.exp(logSumExps[index] - origin);
    double otherWeight = Math.exp(other.logSumExps[index] - origin);
    double sum = weight + otherWeight;
    double factor = sum == 0 ? 0 : 1 / sum;
    int to = output.row(head, token);
    int from = other.output.row(head, token);
    for (int i = 0; i < output.dim(); i++) {
      double mixed = weight * output.data()[to + i] + otherWeight * other.output.data()[from + i];
      output.data()[to + i] = (float) (factor * mixed);
    }
    logSumExps[index] = origin + Math.log(sum);
  }
}
