package io.headroom.jobs.sweep.rows;

import io.headroom.jobs.cli.Units;

/**
 * What fewer KV heads cost and save against the most of the same model, precision and the rest.
 *
 * @param conditions what else tells the configuration from others, such as {@code , window 8+2}
 * @param mostVariant the variant with the most KV heads
 * @param promptTokens where it holds; 0 for means over all sequences
 * @param bytesShare of the KV bytes, a fraction; NaN where not measured, as the others
 * @param prefillShare of the prefill time of rows that are not noisy
 * @param decodeShare of their decode time
 */
record HeadComparison(
    String model,
    String kvPrecision,
    String conditions,
    String variant,
    int kvHeads,
    String mostVariant,
    int promptTokens,
    double bytesShare,
    double prefillShare,
    double decodeShare) {

  /** Such as {@code llama-2-7b f32: MQA with 1 KV head keeps 3.13 % of the bytes of MHA, ...}. */
  String sentence() {
    return "%s %s%s: %s with %d KV head%s keeps %s of the bytes of %s%s"
        .formatted(
            model,
            kvPrecision,
            conditions,
            variant,
            kvHeads,
            kvHeads == 1 ? "" : "s",
            percent(bytesShare),
            mostVariant,
            times());
  }

  private String times() {
    String at = promptTokens == 0 ? "" : " at " + Units.count(promptTokens);
    boolean noisy = Double.isNaN(prefillShare) && Double.isNaN(decodeShare);
    return noisy
        ? "; times%s are noisy".formatted(at)
        : ", prefill takes %s and decode %s of its time%s"
            .formatted(percent(prefillShare), percent(decodeShare), at);
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "-" : Units.threeDigits(100 * share) + " %";
  }
}
