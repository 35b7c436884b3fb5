package io.headroom.attention;

import io.headroom.kvcache.KvFormat;
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

  /**
   * @throws IllegalArgumentException if no engine keeps the format
   */
  public static OutputVerdict of(OutputError error, KvFormat format) {
    return new OutputVerdict(error, tolerance(format));
  }

  /**
   * The largest relative L2 error that is right: the larger of what keys and values cost, for each
   * alone costs no more than both in that precision.
   *
   * @throws IllegalArgumentException if no engine keeps the format
   */
  public static double tolerance(KvFormat format) {
    if (format.key() instanceof KvPrecision keys && format.value() instanceof KvPrecision values) {
      return Math.max(ofBoth(keys), ofBoth(values));
    }
    throw new IllegalArgumentException("no engine computes on " + format.label());
  }

  /** Rounding for the floating-point precisions, quantisation for the others. */
  private static double ofBoth(KvPrecision precision) {
    return switch (precision) {
      case F32 -> 2e-5;
      case F16 -> 2e-3;
      case BF16 -> 1e-2;
      case FP8 -> 0.1;
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
