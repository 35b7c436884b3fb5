package io.headroom.plan.accelerator;

import io.headroom.json.JsonDocument;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a vendor says of an accelerator, and what is known beside it.
 *
 * @param name such as {@code h100_sxm}
 * @param memoryBytes that a process sees
 * @param bandwidthBytesPerSecond of the memory
 * @param bf16FlopsPerSecond of dense matrix products
 * @param fp8FlopsPerSecond the same; 0 where there is no fp8
 * @param fp4FlopsPerSecond the same; 0 where there is no fp4
 * @param l2Bytes of the last cache before the memory
 * @param processors streaming multiprocessors or compute units; of a host the threads of an engine
 * @param linkBytesPerSecond to its neighbours, one way and all links together; 0 where not known
 * @param host whether it is a processor that runs programs itself, and was measured by this
 *     project's own sweeps: it takes the sequences of a batch one after another
 * @param source where the figures are from
 */
public record DataSheet(
    String name,
    double memoryBytes,
    double bandwidthBytesPerSecond,
    double bf16FlopsPerSecond,
    double fp8FlopsPerSecond,
    double fp4FlopsPerSecond,
    double l2Bytes,
    int processors,
    double linkBytesPerSecond,
    boolean host,
    String source) {
  private static final String FILE = "data-sheets.json";

  /** Weights of four bits whose products are of eight. */
  private static final Set<String> EIGHT_BITS = Set.of("w4afp8", "w4a8_mxfp4_mxfp8");

  private static final int MOST_PROCESSORS = 100_000;
  private static final double RESIDENT_PART = 0.9;
  private static final int CLIFF = 6;

  /** Every accelerator whose data sheet is known. */
  public static List<DataSheet> known() {
    return JsonDocument.resources(DataSheet.class, FILE).stream().map(DataSheet::read).toList();
  }

  public static Optional<DataSheet> named(String name) {
    return known().stream().filter(sheet -> sheet.name().equals(name)).findFirst();
  }

  /** Of an accelerator without fp4, and of which no link is known. */
  public DataSheet(
      String name,
      double memoryBytes,
      double bandwidthBytesPerSecond,
      double bf16FlopsPerSecond,
      double fp8FlopsPerSecond,
      double l2Bytes,
      int processors,
      String source) {
    this(
        name,
        memoryBytes,
        bandwidthBytesPerSecond,
        bf16FlopsPerSecond,
        fp8FlopsPerSecond,
        0,
        l2Bytes,
        processors,
        0,
        false,
        source);
  }

  /** Of a host: float32 in the place of bf16, and its last-level cache in that of L2. */
  public static DataSheet ofHost(
      String name,
      double memoryBytes,
      double streamBytesPerSecond,
      double flopsPerSecond,
      double cacheBytes,
      int threads,
      String source) {
    return new DataSheet(
        name,
        memoryBytes,
        streamBytesPerSecond,
        flopsPerSecond,
        0,
        0,
        cacheBytes,
        threads,
        0,
        true,
        source);
  }

  /** The names of all that are known, for messages. */
  public static String knownNames() {
    return known().stream().map(DataSheet::name).collect(Collectors.joining(", "));
  }

  /**
   * How much of so many bytes is still in the L2 cache when they are read again. Measured: keys and
   * values stay in it up to nine tenths of it, beyond which that falls steeply.
   */
  public double partInL2(double bytes) {
    return 1 / (1 + Math.pow(bytes / (RESIDENT_PART * l2Bytes), CLIFF));
  }

  /**
   * Of products whose weights are of a type. Where weights alone are of fewer bits, and where the
   * accelerator has no products of the type, they are multiplied in bf16.
   */
  public double flopsPerSecond(String type) {
    if (type.equals("nvfp4") && fp4FlopsPerSecond > 0) {
      return fp4FlopsPerSecond;
    }
    boolean isFp8 = type.startsWith("fp8") || type.equals("int8") || EIGHT_BITS.contains(type);
    return isFp8 && fp8FlopsPerSecond > 0 ? fp8FlopsPerSecond : bf16FlopsPerSecond;
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
        json.positiveNumber("fp4_flops_per_second").orElse(0),
        number(json, "l2_bytes"),
        json.integer("processors", 1, MOST_PROCESSORS)
            .orElseThrow(() -> json.missing("processors", "a number is needed")),
        json.positiveNumber("link_bytes_per_second").orElse(0),
        json.flag("host").orElse(false),
        json.text("source").orElseThrow(() -> json.missing("source", "a text is needed")));
  }

  private static double number(JsonDocument json, String key) {
    return json.positiveNumber(key)
        .orElseThrow(() -> json.missing(key, "a number above 0 is needed"));
  }
}
