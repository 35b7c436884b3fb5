package io.headroom.attention;

import io.headroom.kvcache.KvPrecision;
import java.io.Serializable;

/**
 * Whether an output that was computed from a cache of some precision is right: its relative L2
 * error, {@code ||output - reference|| / ||reference||}, must not exceed what that precision costs
 * on normal data.
 *
 * @param error against the reference, which keeps the numbers uncompressed
 * @param tolerance the largest relative L2 error that is right
 */
public record OutputVerdict(OutputError error, double tolerance) implements Serializable {

  public static OutputVerdict of(OutputError error, KvPrecision precision) {
    return new OutputVerdict(error, tolerance(precision));
  }

  /**
   * The largest relative L2 error that is right: rounding for the floating-point precisions,
   * quantisation for the others.
   */
  public static double tolerance(KvPrecision precision) {
    return switch (precision) {
      case F32 -> 2e-5;
      case F16 -> 2e-3;
      case BF16 -> 1e-2;
      case INT8 -> 2e-2;
      case INT4 -> 0.3;
    };
  }

  /** Whether the output is right; one with NaN never is. */
  public boolean isRight() {
    return error.isWithin(tolerance);
  }

  /** How far the output lies from the reference and how far it may, in one line. */
  public String reason() {
    return "relative L2 error %.3g against the reference; allowed: %.3g"
        .formatted(error.relativeL2(), tolerance);
  }
}
