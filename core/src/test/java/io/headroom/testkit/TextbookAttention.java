package io.headroom.testkit;

import io.headroom.attention.Attention;
import io.headroom.kvcache.HeadTensor;

/** Attention as the formula says, in double precision: every score, then a softmax, then a sum. */
public final class TextbookAttention {
  private TextbookAttention() {}

  /**
   * @param queries {@code [queryHeads, queries, headDim]}, the last of the positions
   * @param keys {@code [kvHeads, positions, headDim]}
   * @param values {@code [kvHeads, positions, valueDim]}
   * @return dense {@code [queryHeads, queries, valueDim]}
   */
  public static double[] attend(
      Attention attention, HeadTensor queries, HeadTensor keys, HeadTensor values) {
    int dim = values.dim();
    double[] output = new double[queries.heads() * queries.tokens() * dim];
    double[] weights = new double[keys.tokens()];
    for (int head = 0; head < queries.heads(); head++) {
      int kvHead = head / attention.shape().groupSize();
      for (int token = 0; token < queries.tokens(); token++) {
        int position = keys.tokens() - queries.tokens() + token;
        double greatest = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < keys.tokens(); j++) {
          weights[j] = Double.NEGATIVE_INFINITY;
          if (attention.mask().sees(position, j)) {
            weights[j] =
                attention.scale()
                    * dot(queries, queries.row(head, token), keys, keys.row(kvHead, j));
            greatest = Math.max(greatest, weights[j]);
          }
        }
        double sum = 0;
        for (int j = 0; j < keys.tokens(); j++) {
          weights[j] = attention.mask().sees(position, j) ? Math.exp(weights[j] - greatest) : 0;
          sum += weights[j];
        }
        int row = (head * queries.tokens() + token) * dim;
        for (int j = 0; j < keys.tokens(); j++) {
          if (attention.mask().sees(position, j)) {
            for (int channel = 0; channel < dim; channel++) {
              output[row + channel] +=
                  weights[j] / sum * values.data()[values.row(kvHead, j) + channel];
            }
          }
        }
      }
    }
    return output;
  }

  private static double dot(HeadTensor queries, int query, HeadTensor keys, int key) {
    double sum = 0;
    for (int i = 0; i < queries.dim(); i++) {
      sum += (double) queries.data()[query + i] * keys.data()[key + i];
    }
    return sum;
  }

  /** ||actual - expected|| / ||expected||; NaN if anything is NaN, 0 for two zeros. */
  public static double relativeL2Error(float[] actual, double[] expected) {
    double difference = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      size += expected[i] * expected[i];
    }
    return difference == 0 ? 0 : Math.sqrt(difference / size);
  }
}
