package io.headroom.plan.accelerator;

import io.headroom.json.JsonDocument;
import java.util.List;
import java.util.Optional;

/**
 * What a vendor says of an accelerator, and what is known beside it.
 *
 * @param name such as {@code h100_sxm}
 * @param memoryBytes that a process sees
 * @param bandwidthBytesPerSecond of the memory
 * @param bf16FlopsPerSecond of dense matrix products
 * @param fp8FlopsPerSecond the same; 0 where there is no fp8
 * @param l2Bytes of the last cache before the memory
 * @param processors streaming multiprocessors or compute units
 * @param source where the figures are from
 */
public record DataSheet(
    String name,
    double memoryBytes,
    double bandwidthBytesPerSecond,
    double bf16FlopsPerSecond,
    double fp8FlopsPerSecond,
    double l2Bytes,
    int processors,
    String source) {
  private static final String FILE = "data-sheets.json";
  private static final int MOST_PROCESSORS = 100_000;

  /** Every accelerator whose data sheet is known. */
  public static List<DataSheet> known() {
    return JsonDocument.resources(DataSheet.class, FILE).stream().map(DataSheet::read).toList();
  }

  public static Optional<DataSheet> named(String name) {
    return known().stream().filter(sheet -> sheet.name().equals(name)).findFirst();
  }

  /** Of products of elements of so many bytes. */
  public double flopsPerSecond(double elementBytes) {
    return elementBytes < 2 && fp8FlopsPerSecond > 0 ? fp8FlopsPerSecond : bf16FlopsPerSecond;
  }

  /**
   * @throws io.headroom.UserException if a number is missing or cannot be right
   */
  static DataSheet read(JsonDocument json) {
    return new DataSheet(
        json.text("name").orElseThrow(() -> json.missing("name", "a text is needed")),
        number(json, "memory_bytes"),
        number(json, "bandwidth_bytes_per_second"),
        number(json, "bf16_flops_per_second"),
        json.positiveNumber("fp8_flops_per_second").orElse(0),
        number(json, "l2_bytes"),
        json.integer("processors", 1, MOST_PROCESSORS)
            .orElseThrow(() -> json.missing("processors", "a number is needed")),
        json.text("source").orElseThrow(() -> json.missing("source", "a text is needed")));
  }

  private static double number(JsonDocument json, String key) {
    return json.positiveNumber(key)
        .orElseThrow(() -> json.missing(key, "a number above 0 is needed"));
  }
}
