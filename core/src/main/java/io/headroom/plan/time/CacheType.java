package io.headroom.plan.time;

import io.headroom.UserException;
import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import io.headroom.plan.accelerator.DataSheet;

/** What tables of kernels call the types of caches. */
public final class CacheType {
  private static final String FP8 = "fp8";

  private CacheType() {}

  /**
   * @throws UserException if no accelerator's attention was measured with it, or where that is a
   *     host no sweep measures it
   */
  static String of(KvFormat format, DataSheet sheet) {
    if (sheet.host()) {
      if (format instanceof KvPrecision precision) {
        return ofHost(precision);
      }
      throw new UserException(
          "KV precision must be one of %s on a host that a sweep measured: %s"
              .formatted(KvPrecision.labels(), format.label()));
    }
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

  /** Of a host, whose sweeps measure every precision. */
  public static String ofHost(KvPrecision precision) {
    return switch (precision) {
      case F32 -> "float32";
      case F16 -> "float16";
      case BF16 -> "bfloat16";
      case FP8 -> FP8;
      case INT8 -> "int8";
      case INT4 -> "int4";
    };
  }
}
