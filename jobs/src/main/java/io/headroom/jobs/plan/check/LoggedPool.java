package io.headroom.jobs.plan.check;

import io.headroom.kvcache.KvFormat;
import io.headroom.plan.memory.EngineRelease;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pool that an engine logged when it started. What is empty was not said.
 *
 * @param gpu its name
 * @param visibleGib memory of a GPU as the engine sees it
 * @param utilisation the part that the engine may take
 * @param guess the first column that the pool depends on and that the table marks as a guess
 * @param gib left for the cache; may be negative
 * @param tokens that the engine printed
 * @param concurrency sequences of the greatest length that it printed
 * @param batchedTokens the most tokens of a step, from the note
 * @param sequences the most sequences of a step, from the note
 */
record LoggedPool(
    String model,
    String gpu,
    OptionalDouble visibleGib,
    int tensorParallel,
    int pipelineParallel,
    OptionalDouble utilisation,
    Optional<String> guess,
    OptionalInt maxModelLen,
    KvFormat kvFormat,
    OptionalDouble gib,
    OptionalInt tokens,
    OptionalDouble concurrency,
    EngineRelease release,
    OptionalInt batchedTokens,
    OptionalInt sequences,
    boolean eager) {

  static final List<String> COLUMNS =
      List.of(
          "model",
          "gpu",
          "gpu_visible_gib",
          "tp",
          "pp",
          "gpu_memory_utilization",
          "max_model_len",
          "kv_dtype",
          "available_kv_gib",
          "kv_tokens");

  private static final List<String> GUESSABLE =
      List.of("gpu_visible_gib", "tp", "pp", "gpu_memory_utilization", "available_kv_gib");

  private static final double LEAST_GIB = 0.001;
  private static final double MOST_GIB = 65_536;
  private static final int MOST_RANKS = 1 << 16;
  private static final int MOST_LENGTH = 1 << 30;
  private static final Pattern BATCHED_TOKENS =
      Pattern.compile("max_num_batched_tokens\\D{0,3}(\\d{1,9})");

  private static final Pattern SEQUENCES = Pattern.compile("max_num_seqs\\D{0,3}(\\d{1,9})");

  /**
   * @throws io.headroom.UserException if a value is not allowed
   */
  static LoggedPool of(CsvRow row) {
    String note = row.text("note").orElse("");
    // Read so that what cannot be is told, and not used: weights are predicted.
    row.number("weights_gib", 0, MOST_GIB);
    return new LoggedPool(
        row.required("model"),
        row.required("gpu"),
        row.number("gpu_visible_gib", LEAST_GIB, MOST_GIB),
        row.integer("tp", 1, MOST_RANKS).orElse(1),
        row.integer("pp", 1, MOST_RANKS).orElse(1),
        row.number("gpu_memory_utilization", 0.01, 1),
        GUESSABLE.stream().filter(row::isGuess).findFirst(),
        row.integer("max_model_len", 1, MOST_LENGTH),
        KvColumn.read(row),
        row.number("available_kv_gib", -MOST_GIB, MOST_GIB),
        row.integer("kv_tokens", 0, Integer.MAX_VALUE),
        row.number("max_concurrency", 0, Integer.MAX_VALUE),
        EngineRelease.of(row.text("vllm_version").orElse("")),
        flag(note, BATCHED_TOKENS),
        flag(note, SEQUENCES),
        note.contains("enforce_eager"));
  }

  /** A flag of the engine, as notes name it. */
  private static OptionalInt flag(String note, Pattern flag) {
    Matcher matcher = flag.matcher(note);
    int value = matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    return value > 0 ? OptionalInt.of(value) : OptionalInt.empty();
  }
}
