package io.headroom.jobs.plan.check;

import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import java.util.Locale;
import java.util.Optional;

/** The column that says how a server keeps its cache: bf16 where it is empty or missing. */
final class KvColumn {
  static final String NAME = "kv_dtype";

  private KvColumn() {}

  /**
   * By the names that engines use, or those of this project.
   *
   * @throws io.headroom.UserException if it is neither
   */
  static KvFormat read(CsvRow row) {
    Optional<String> text = row.text(NAME).map(name -> name.toLowerCase(Locale.ROOT));
    if (text.isEmpty()) {
      return KvPrecision.BF16;
    }
    String name =
        switch (text.get()) {
          case "fp16", "float16", "half" -> KvPrecision.F16.label();
          case "bfloat16", "auto" -> KvPrecision.BF16.label();
          case "fp8_e4m3", "fp8_e5m2" -> KvPrecision.FP8.label();
          default -> text.get();
        };
    return KvFormat.named(name)
        .orElseThrow(() -> row.wrong(NAME, "must be one of fp16, " + KvFormat.labels()));
  }
}
