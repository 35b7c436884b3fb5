package io.headroom.measure;

import io.headroom.attention.AttentionInterruptedException;
import io.headroom.kvcache.HeadTensor;
import java.util.SplittableRandom;

/**
 * Tensors of standard normal numbers, made where they are needed from a seed: tasks exchange seeds,
 * never tensors. Numbers are drawn from a table of 65,536 exact normal variates, which is fast
 * enough not to be noticed beside the attention that is measured.
 *
 * <p>The table is filled by Marsaglia's polar method from {@link SplittableRandom} (SplitMix64,
 * Steele et al., OOPSLA 2014) with seed 20170612. The first draw of another one with the tensor's
 * seed is the state of an xorshift64* generator (Vigna, arXiv 1402.6246), whose upper 16 bits are
 * the indices. This must not change: results are only comparable on the same numbers.
 */
public final class SyntheticTensors {
  private static final int TABLE_BITS = 16;

  /** Numbers that are drawn between two looks at the interrupt flag: about a millisecond. */
  private static final int NUMBERS_AT_A_TIME = 1 << 20;

  private static final float[] NORMAL = normalTable();

  private SyntheticTensors() {}

  /**
   * A dense {@code [heads, tokens, dim]}; the same seed gives the same numbers everywhere.
   *
   * @throws AttentionInterruptedException if the calling thread is interrupted meanwhile
   */
  public static HeadTensor gaussian(int heads, int tokens, int dim, long seed) {
    HeadTensor tensor = HeadTensor.zeros(heads, tokens, dim);
    float[] data = tensor.data();
    // Every seed a state of its own, whose bits are spread, and never 0.
    long state = new SplittableRandom(seed).nextLong();
    state = state == 0 ? 1 : state;
    for (int from = 0; from < data.length; ) {
      AttentionInterruptedException.throwIfInterrupted();
      int to = from + Math.min(NUMBERS_AT_A_TIME, data.length - from);
      state = fill(data, from, to, state);
      from = to;
    }
    return tensor;
  }

  /** Returns the state after the last number. */
  private static long fill(float[] data, int from, int to, long firstState) {
    long state = firstState;
    for (int i = from; i < to; i++) {
      state ^= state >>> 12;
      state ^= state << 25;
      state ^= state >>> 27;
      data[i] = NORMAL[(int) ((state * 0x2545F4914F6CDD1DL) >>> (64 - TABLE_BITS))];
    }
    return state;
  }

  /** A seed that depends on all its parts and not only on their sum. */
  public static long mix(long... parts) {
    long seed = 0x9E3779B97F4A7C15L;
    for (long part : parts) {
      seed = new SplittableRandom(seed ^ part * 0xBF58476D1CE4E5B9L).nextLong();
    }
    return seed;
  }

  private static float[] normalTable() {
    float[] table = new float[1 << TABLE_BITS];
    SplittableRandom random = new SplittableRandom(20170612);
    for (int i = 0; i < table.length; i += 2) {
      // Two normal variates from one point in the unit disc.
      double x;
      double y;
      double square;
      do {
        x = 2 * random.nextDouble() - 1;
        y = 2 * random.nextDouble() - 1;
        square = x * x + y * y;
      } while (square >= 1 || square == 0);
      double factor = StrictMath.sqrt(-2 * StrictMath.log(square) / square);
      table[i] = (float) (x * factor);
      table[i + 1] = (float) (y * factor);
    }
    return table;
  }
}
