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
 * @param plansAhead whether a step is planned while the one before it runs: who arrives in that
 *     time waits for another step
 * @param tokensBesidePrompt the tokens that a step has room for beside one prompt and a token of
 *     every sequence, where a server is set up for requests of one shape; 0: as always
 * @param source where the defaults are from
 */
public record EngineScheduler(
    String engine,
    Scheduling scheduling,
    int mostTokens,
    int mostSequences,
    double reservedOutput,
    double utilisation,
    boolean plansAhead,
    int tokensBesidePrompt,
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

  /** As it is set up for requests of one shape alone, so many of them at once. */
  public EngineScheduler setUpFor(int inputTokens, int sequences) {
    return tokensBesidePrompt == 0
        ? this
        : withMostTokens(inputTokens + tokensBesidePrompt + sequences);
  }

  public EngineScheduler withMostTokens(int most) {
    return with(most, mostSequences, plansAhead);
  }

  public EngineScheduler withMostSequences(int most) {
    return with(mostTokens, most, plansAhead);
  }

  /** Of a release whose host works while the kernels of the step before run. */
  public EngineScheduler planningAhead() {
    return with(mostTokens, mostSequences, true);
  }

  private EngineScheduler with(int tokens, int sequences, boolean ahead) {
    return new EngineScheduler(
        engine,
        scheduling,
        tokens,
        sequences,
        reservedOutput,
        utilisation,
        ahead,
        tokensBesidePrompt,
        source);
  }

  private static EngineScheduler read(JsonDocument json) {
    return new EngineScheduler(
        json.text("engine").orElseThrow(),
        Scheduling.valueOf(json.text("scheduling").orElseThrow().toUpperCase(Locale.ROOT)),
        json.integer("most_tokens", 1, MOST).orElseThrow(),
        json.integer("most_sequences", 1, MOST).orElseThrow(),
        json.positiveNumber("reserved_output").orElse(0),
        json.positiveNumber("utilisation").orElseThrow(),
        json.flag("plans_ahead").orElse(false),
        json.integer("tokens_beside_prompt", 0, MOST).orElse(0),
        json.text("source").orElseThrow());
  }
}
