package io.headroom.plan.time;

import io.headroom.json.JsonDocument;
import java.util.List;
import java.util.Optional;

/**
 * All that is fitted to servers of an engine; the rest of a step is made of measured kernels.
 *
 * @param engine such as {@code vllm}
 * @param hostMillis of a step in which no kernel runs
 * @param prefillStall how much of what prompts add to a step the decoding of others waits for
 * @param scale what the engine's kernels take of the measured ones' time
 * @param source what they were fitted to
 */
public record EngineCosts(
    String engine, double hostMillis, double prefillStall, double scale, String source) {
  private static final String FILE = "engine-costs.json";

  /** Nothing fitted: measured kernels and no host. */
  public static final EngineCosts NONE = new EngineCosts("none", 0, 1, 1, "nothing is fitted");

  public EngineCosts {
    if (!(hostMillis >= 0) || !(prefillStall > 0) || !(scale > 0)) {
      throw new IllegalArgumentException(
          "costs of %s must be positive: %s, %s, %s"
              .formatted(engine, hostMillis, prefillStall, scale));
    }
  }

  /** Every engine whose costs are known. */
  public static List<EngineCosts> known() {
    return JsonDocument.resources(EngineCosts.class, FILE).stream().map(EngineCosts::read).toList();
  }

  public static Optional<EngineCosts> of(String engine) {
    return known().stream().filter(costs -> costs.engine().equals(engine)).findFirst();
  }

  private static EngineCosts read(JsonDocument json) {
    return new EngineCosts(
        json.text("engine").orElseThrow(),
        json.positiveNumber("host_millis").orElse(0),
        json.positiveNumber("prefill_stall").orElseThrow(),
        json.positiveNumber("scale").orElseThrow(),
        json.text("source").orElseThrow());
  }
}
