package io.headroom.plan.serving;

import io.headroom.json.JsonDocument;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What decides which sequences are in a step of an engine, as its defaults are on large GPUs.
 *
 * @param engine such as {@code vllm}
 * @param mostTokens of a step of a rank
 * @param mostSequences that run at once on a rank
 * @param reservedOutput the part of the tokens still to come that must have room before a sequence
 *     starts; 1: it is never preempted
 * @param utilisation the part of the GPU's memory that it may take
 * @param source where the defaults are from
 */
public record EngineScheduler(
    String engine,
    Scheduling scheduling,
    int mostTokens,
    int mostSequences,
    double reservedOutput,
    double utilisation,
    String source) {
  private static final String FILE = "engine-schedulers.json";
  private static final int MOST = 1 << 20;

  private static final List<EngineScheduler> KNOWN =
      JsonDocument.resources(EngineScheduler.class, FILE).stream()
          .map(EngineScheduler::read)
          .toList();

  public static List<EngineScheduler> known() {
    return KNOWN;
  }

  public static Optional<EngineScheduler> of(String engine) {
    return known().stream().filter(known -> known.engine().equals(engine)).findFirst();
  }

  private static EngineScheduler read(JsonDocument json) {
    return new EngineScheduler(
        json.text("engine").orElseThrow(),
        Scheduling.valueOf(json.text("scheduling").orElseThrow().toUpperCase(Locale.ROOT)),
        json.integer("most_tokens", 1, MOST).orElseThrow(),
        json.integer("most_sequences", 1, MOST).orElseThrow(),
        json.positiveNumber("reserved_output").orElse(0),
        json.positiveNumber("utilisation").orElseThrow(),
        json.text("source").orElseThrow());
  }
}
