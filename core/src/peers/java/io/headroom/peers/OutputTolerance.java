package io.headroom.peers;

import io.headroom.kvcache.KvPrecision;

/**
 * The relative L2 errors up to which outputs agree with the uncompressed reference. Libraries
 * compress in different ways, so what a precision costs is allowed to each.
 */
final class OutputTolerance {
  private OutputTolerance() {}

  static double of(KvPrecision precision) {
    return switch (precision) {
      case F32 -> 2e-5;
      case F16 -> 2e-3;
      case BF16 -> 1.5e-2;
      case FP8 -> 0.1;
      case INT8 -> 3e-2;
      case INT4 -> 0.3;
    };
  }
}
