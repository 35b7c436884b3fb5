package io.headroom.layer;

import java.util.Arrays;
import java.util.Objects;

/**
 * {@code y = W x + b}, as {@code torch.nn.Linear} has it. Works on blocks of the weights that stay
 * in the nearest cache while all rows go by them. Sums are float32, in pieces: 32 products are
 * summed, then these sums. So the relative L2 error to exact sums is about 1e-7 where products are
 * random, hardly larger for many inputs than for few.
 */
public final class LinearProjection {
  /** A block has so many outputs and works on so many inputs at a time: 32 KiB. */
  private static final int BLOCK_OUTPUTS = 256;

  private static final int BLOCK_INPUTS = 32;

  private final int inputs;
  private final int outputs;

  /**
   * {@code [block][input][output of the block]}. One array an input, since C2 vectorises a loop
   * over several arrays with one index, but not one over several offsets into one array.
   */
  private final float[][][] blocks;

  private final float[] bias;

  /**
   * @param inputs numbers of x
   * @param outputs numbers of y
   * @param weight {@code [outputs, inputs]}, copied
   * @param bias {@code [outputs]}; empty for none
   * @throws IllegalArgumentException if weight or bias have another number of numbers
   */
  public LinearProjection(int inputs, int outputs, float[] weight, float[] bias) {
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
    this.inputs = inputs;
    this.outputs = outputs;
    this.blocks = blocks(weight, inputs, outputs);
    this.bias = bias;
  }

  private static float[][][] blocks(float[] weight, int inputs, int outputs) {
    float[][][] blocks = new float[(outputs + BLOCK_OUTPUTS - 1) / BLOCK_OUTPUTS][inputs][];
    for (int block = 0; block < blocks.length; block++) {
      int first = block * BLOCK_OUTPUTS;
      int width = Math.min(BLOCK_OUTPUTS, outputs - first);
      for (int input = 0; input < inputs; input++) {
        float[] column = new float[width];
        for (int i = 0; i < width; i++) {
          column[i] = weight[(first + i) * inputs + input];
        }
        blocks[block][input] = column;
      }
    }
    return blocks;
  }

  public int inputs() {
    return inputs;
  }

  public int outputs() {
    return outputs;
  }

  /** A copy of the weights, {@code [outputs, inputs]}. */
  public float[] weight() {
    float[] weight = new float[outputs * inputs];
    for (int block = 0; block < blocks.length; block++) {
      for (int input = 0; input < inputs; input++) {
        float[] column = blocks[block][input];
        for (int i = 0; i < column.length; i++) {
          weight[(block * BLOCK_OUTPUTS + i) * inputs + input] = column[i];
        }
      }
    }
    return weight;
  }

  /** {@code [outputs]}; empty for none. */
  public float[] bias() {
    return bias;
  }

  /**
   * Projects rows.
   *
   * @param rows {@code [count, inputs]}
   * @return {@code [count, outputs]}
   * @throws IllegalArgumentException if these are not {@code count} rows
   */
  public float[] apply(float[] rows, int count) {
    if (rows.length != Math.multiplyExact(count, inputs)) {
      throw new IllegalArgumentException(
          "%d rows of %d needed: %d numbers".formatted(count, inputs, rows.length));
    }
    float[] projected = new float[Math.multiplyExact(count, outputs)];
    float[] sums = new float[Math.min(BLOCK_OUTPUTS, outputs)];
    for (int block = 0; block < blocks.length; block++) {
      for (int from = 0; from < inputs; from += BLOCK_INPUTS) {
        int to = Math.min(from + BLOCK_INPUTS, inputs);
        for (int row = 0; row < count; row++) {
          sum(blocks[block], from, to, rows, row * inputs, sums);
          int width = blocks[block][from].length;
          add(sums, width, projected, row * outputs + block * BLOCK_OUTPUTS);
        }
      }
    }
    for (int row = 0; row < count && bias.length > 0; row++) {
      add(bias, outputs, projected, row * outputs);
    }
    return projected;
  }

  /** Of the products with the inputs {@code from} to {@code to}, exclusive, of the row. */
  private static void sum(float[][] block, int from, int to, float[] rows, int row, float[] sums) {
    Arrays.fill(sums, 0);
    int input = from;
    for (; input + 3 < to; input += 4) {
      addFour(block, input, rows, row + input, sums);
    }
    for (; input < to; input++) {
      addOne(block[input], rows[row + input], sums);
    }
  }

  /** Four at once: a sum is loaded and stored a quarter as often. */
  private static void addFour(float[][] block, int input, float[] rows, int from, float[] sums) {
    float x0 = rows[from];
    float x1 = rows[from + 1];
    float x2 = rows[from + 2];
    float x3 = rows[from + 3];
    float[] weights0 = block[input];
    float[] weights1 = block[input + 1];
    float[] weights2 = block[input + 2];
    float[] weights3 = block[input + 3];
    for (int i = 0; i < weights0.length; i++) {
      sums[i] += x0 * weights0[i] + x1 * weights1[i] + (x2 * weights2[i] + x3 * weights3[i]);
    }
  }

  private static void addOne(float[] weights, float x, float[] sums) {
    for (int i = 0; i < weights.length; i++) {
      sums[i] += x * weights[i];
    }
  }

  private static void add(float[] numbers, int count, float[] sums, int offset) {
    for (int i = 0; i < count; i++) {
      sums[offset + i] += numbers[i];
    }
  }
}
