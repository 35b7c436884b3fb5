package io.headroom.layer;

import java.util.Objects;

/**
 * {@code y = W x + b}, as {@code torch.nn.Linear} has it.
 *
 * @param inputs numbers of x
 * @param outputs numbers of y
 * @param weight {@code [outputs, inputs]}
 * @param bias {@code [outputs]}; empty for none
 */
public record LinearProjection(int inputs, int outputs, float[] weight, float[] bias) {

  public LinearProjection {
    Objects.requireNonNull(bias, "bias");
    if (inputs < 1 || outputs < 1 || weight.length != Math.multiplyExact(inputs, outputs)) {
      throw new IllegalArgumentException(
          "a projection of %d to %d needs %d times %d weights: %d"
              .formatted(inputs, outputs, outputs, inputs, weight.length));
    }
    if (bias.length != 0 && bias.length != outputs) {
      throw new IllegalArgumentException(
          "bias must have %d numbers or none: %d".formatted(outputs, bias.length));
    }
  }

  /**
   * Projects rows; sums are kept in double, so that the result is that of exact arithmetic rounded
   * once.
   *
   * @param rows {@code [count, inputs]}
   * @return {@code [count, outputs]}
   */
  public float[] apply(float[] rows, int count) {
    if (rows.length != Math.multiplyExact(count, inputs)) {
      throw new IllegalArgumentException(
          "%d rows of %d needed: %d numbers".formatted(count, inputs, rows.length));
    }
    float[] projected = new float[Math.multiplyExact(count, outputs)];
    for (int row = 0; row < count; row++) {
      for (int output = 0; output < outputs; output++) {
        double sum = bias.length == 0 ? 0 : bias[output];
        projected[row * outputs + output] =
            (float) (sum + dot(rows, row * inputs, weight, output * inputs, inputs));
      }
    }
    return projected;
  }

  /** Four sums side by side, for the adds depend on each other otherwise. */
  private static double dot(float[] a, int fromA, float[] b, int fromB, int size) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int i = 0;
    for (; i + 3 < size; i += 4) {
      sum0 += (double) a[fromA + i] * b[fromB + i];
      sum1 += (double) a[fromA + i + 1] * b[fromB + i + 1];
      sum2 += (double) a[fromA + i + 2] * b[fromB + i + 2];
      sum3 += (double) a[fromA + i + 3] * b[fromB + i + 3];
    }
    for (; i < size; i++) {
      sum0 += (double) a[fromA + i] * b[fromB + i];
    }
    return (sum0 + sum1) + (sum2 + sum3);
  }
}
