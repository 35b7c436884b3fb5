package io.headroom.plan.time;

import io.headroom.model.weights.MatrixEncoding;

/** What tables of kernels call the types of weights. */
final class WeightType {
  /** Of weights that are not quantised. */
  static final String PLAIN = "bfloat16";

  private static final int BF16_BITS = 16;
  private static final int MXFP4_GROUP = 32;
  private static final int NVFP4_GROUP = 16;

  private WeightType() {}

  static String ofProduct(MatrixEncoding encoding) {
    if (encoding.bits() >= BF16_BITS) {
      return PLAIN;
    }
    if (encoding.bits() == Byte.SIZE) {
      return encoding.groupOutputs() > 1 ? "fp8_block" : "fp8";
    }
    return hasByteScales(encoding, NVFP4_GROUP) ? "nvfp4" : "int4_wo";
  }

  static String ofExperts(MatrixEncoding encoding) {
    return hasByteScales(encoding, MXFP4_GROUP) ? "w4a16_mxfp4" : ofProduct(encoding);
  }

  private static boolean hasByteScales(MatrixEncoding encoding, int group) {
    return encoding.bits() == 4
        && encoding.scaleBits() == Byte.SIZE
        && encoding.groupInputs() == group;
  }
}
