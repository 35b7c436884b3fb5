package io.headroom.model.weights;

import static io.headroom.Rounding.ceilDivide;
import static io.headroom.Rounding.roundUp;

import java.io.Serializable;
import java.util.Objects;

/**
 * Equal arrays of one layer: a projection, the same projection of all experts, a norm.
 *
 * @param module its name in the layer, such as {@code self_attn.q_proj}
 * @param copies how many; more than one for experts and for layers of a tower
 * @param outputs rows of {@code [outputs, inputs]}
 * @param inputs columns; 1 for a vector
 * @param biased whether each has a bias of {@code outputs} numbers
 */
public record WeightMatrix(
    String module,
    WeightRole role,
    long copies,
    long outputs,
    long inputs,
    boolean biased,
    RankSplit split)
    implements Serializable {

  /**
   * vLLM pads rows of a vocabulary so (DEFAULT_VOCAB_PADDING_SIZE, vocab_parallel_embedding.py).
   */
  static final int VOCABULARY_STEP = 64;

  public WeightMatrix {
    Objects.requireNonNull(module, "module");
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(split, "split");
    if (copies < 1 || outputs < 1 || inputs < 1) {
      throw new IllegalArgumentException(
          "%s: copies and sizes must be at least 1: %d x [%d, %d]"
              .formatted(module, copies, outputs, inputs));
    }
  }

  static WeightMatrix projection(
      String module, long outputs, long inputs, boolean biased, RankSplit split) {
    return new WeightMatrix(module, WeightRole.PROJECTION, 1, outputs, inputs, biased, split);
  }

  /** So many numbers that no scheme quantises, the same on every rank. */
  static WeightMatrix vector(String module, long numbers) {
    return vector(module, numbers, RankSplit.NONE);
  }

  static WeightMatrix vector(String module, long numbers, RankSplit split) {
    return new WeightMatrix(module, WeightRole.OTHER, 1, numbers, 1, false, split);
  }

  /** Numbers that were trained. */
  public long parameters() {
    long each = Math.addExact(Math.multiplyExact(outputs, inputs), biased ? outputs : 0);
    return Math.multiplyExact(copies, each);
  }

  /** Bytes of all of it: numbers, scales and zero points. */
  long bytes(MatrixEncoding encoding, int numberBytes) {
    long each = encoding.bytes(outputs, inputs) + (biased ? outputs * numberBytes : 0);
    return Math.multiplyExact(copies, each);
  }

  /** The same of the fullest rank. */
  long bytesOnRank(MatrixEncoding encoding, int numberBytes, RankLayout ranks) {
    return part(ranks).bytes(encoding, numberBytes);
  }

  /** What the fullest rank has of it. Whole experts go to ranks where these share them. */
  RankMatrix onRank(RankLayout ranks, MatrixEncoding encoding) {
    WeightMatrix part = part(ranks);
    return new RankMatrix(module, role, part.copies, part.outputs, part.inputs, encoding);
  }

  private WeightMatrix part(RankLayout ranks) {
    if (role != WeightRole.EXPERT) {
      return onRank(ranks.tensorParallel());
    }
    long whole = ceilDivide(copies, ranks.expertParallel());
    return new WeightMatrix(module, role, whole, outputs, inputs, biased, split)
        .onRank(ranks.expertTensorParallel());
  }

  private WeightMatrix onRank(int ranks) {
    return switch (split.dimension()) {
      case NONE -> this;
      case OUTPUTS -> sized(share(outputs, ranks), inputs);
      case INPUTS -> sized(outputs, share(inputs, ranks));
      case VOCABULARY -> sized(ceilDivide(roundUp(outputs, VOCABULARY_STEP), ranks), inputs);
    };
  }

  private long share(long size, int ranks) {
    return ceilDivide(split.units(), ranks) * (size / split.units());
  }

  private WeightMatrix sized(long outputs, long inputs) {
    return new WeightMatrix(module, role, copies, outputs, inputs, biased, RankSplit.NONE);
  }
}
