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
    double[] logSumExps = new double[queries.heads() * queries.tokens()];
    int firstQuery = keys.tokens() - queries.tokens();
    return attend(attention, queries, firstQuery, keys, 0, values, logSumExps);
  }

  /**
   * @param queries {@code [queryHeads, queries, headDim]}
   * @param keys {@code [kvHeads, positions, headDim]}, those of the sequence from {@code firstKey}
   *     on
   * @param values {@code [kvHeads, positions, valueDim]}
   * @param logSumExps {@code [queryHeads, queries]}, overwritten with what the weights were divided
   *     by; -infinity where no key is seen
   * @return dense {@code [queryHeads, queries, valueDim]}; zeros where no key is seen
   */
  public static double[] attend(
      Attention attention,
      HeadTensor queries,
      int firstQuery,
      HeadTensor keys,
      int firstKey,
      HeadTensor values,
      double[] logSumExps) {
    int dim = values.dim();
    double[] output = new double[queries.heads() * queries.tokens() * dim];
    double[] weights = new double[keys.tokens()];
    for (int head = 0; head < queries.heads(); head++) {
      int kvHead = head / attention.shape().groupSize();
      for (int token = 0; token < queries.tokens(); token++) {
        int position = firstQuery + token;
        double greatest = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < keys.tokens(); j++) {
          weights[j] = Double.NEGATIVE_INFINITY;
          if (attention.mask().sees(position, firstKey + j)) {
            weights[j] =
                attention.scale()
                    * dot(queries, queries.row(head, token), keys, keys.row(kvHead, j));
            greatest = Math.max(greatest, weights[j]);
          }
        }
        double sum = 0;
        for (int j = 0; j < keys.tokens(); j++) {
          boolean seen = attention.mask().sees(position, firstKey + j);
          weights[j] = seen ? Math.exp(weights[j] - greatest) : 0;
          sum += weights[j];
        }
        int index = head * queries.tokens() + token;
        logSumExps[index] = greatest + Math.log(sum);
        for (int j = 0; j < keys.tokens(); j++) {
          if (attention.mask().sees(position, firstKey + j)) {
            for (int channel = 0; channel < dim; channel++) {
              output[index * dim + channel] +=
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
}
