package io.headroom.layer;

import io.headroom.kvcache.HeadTensor;

/**
 * Root mean square normalisation of every row (arXiv 1910.07467), as Qwen3 applies it to the
 * queries and the keys of each head.
 *
 * @param weight one factor a channel
 * @param epsilon added to the mean square
 */
public record RmsNorm(float[] weight, double epsilon) {

  /** Normalises rows {@code [heads, tokens, weight.length]} in place. */
  public void normalise(HeadTensor rows) {
    if (rows.dim() != weight.length) {
      throw new IllegalArgumentException(
          "rows must have %d channels: %d".formatted(weight.length, rows.dim()));
    }
    for (int head = 0; head < rows.heads(); head++) {
      for (int token = 0; token < rows.tokens(); token++) {
        normalise(rows.data(), rows.row(head, token));
      }
    }
  }

  private void normalise(float[] data, int row) {
    double squares = 0;
    for (int i = 0; i < weight.length; i++) {
      squares += (double) data[row + i] * data[row + i];
    }
    double factor = 1 / Math.sqrt(squares / weight.length + epsilon);
    for (int i = 0; i < weight.length; i++) {
      data[row + i] = (float) (data[row + i] * factor * weight[i]);
    }
  }
}
