package io.headroom.plan.time;

import io.headroom.UserException;
import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;

/** What tables of kernels call the types of caches. */
final class CacheType {
  private static final String FP8 = "fp8";

  private CacheType() {}

  static int elementBytes(String type) {
    return type.equals(FP8) ? 1 : 2;
  }

  /**
   * @throws UserException if no accelerator's attention was measured with it
   */
  static String of(KvFormat format) {
    if (format == KvPrecision.BF16 || format == KvPrecision.F16) {
      return "bfloat16";
    }
    if (format == KvPrecision.FP8) {
      return FP8;
    }
    throw new UserException(
        "KV precision must be bf16, f16 or fp8 where the time of a step is asked for: "
            + format.label());
  }
}
