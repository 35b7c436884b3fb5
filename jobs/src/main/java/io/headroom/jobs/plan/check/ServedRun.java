package io.headroom.jobs.plan.check;

import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import io.headroom.plan.serving.EngineScheduler;
import io.headroom.plan.time.Parallelism;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A closed-loop run of a server, as a row of a table says it.
 *
 * @param weights to which the engine quantised them; empty: as the checkpoint has them
 * @param expertTensor 0: not said
 * @param expert 0: not said
 * @param uniformFrom the least part of the stated lengths that requests had, drawn evenly; 1 where
 *     all had the stated ones
 * @param mostTokens of a step of the server; empty: not said
 * @param mostSequences that run at once; empty: not said
 */
record ServedRun(
    String gpu,
    String model,
    String framework,
    String version,
    int tensor,
    int pipeline,
    int attentionData,
    int expertTensor,
    int expert,
    Optional<String> weights,
    Optional<String> expertWeights,
    KvFormat cacheFormat,
    int inputTokens,
    int outputTokens,
    int concurrency,
    double uniformFrom,
    OptionalInt mostTokens,
    OptionalInt mostSequences,
    double ttftMillis,
    double tpotMillis) {
  static final List<String> COLUMNS =
      List.of("gpu", "model", "framework", "tp", "isl", "osl", "concurrency", "ttft_ms", "tpot_ms");

  private static final int MOST_RANKS = 4096;
  private static final int MOST_TOKENS = 1 << 24;
  private static final int MOST_STEP_TOKENS = 1 << 20;
  private static final int MOST_CONCURRENCY = 1 << 20;
  private static final double MOST_MILLIS = 1e9;
  private static final double LEAST_MILLIS = 1e-3;
  private static final String UNIFORM = "uniform 0.8-1.0 of nominal";

  static ServedRun of(CsvRow row) {
    return new ServedRun(
        row.required("gpu"),
        row.required("model"),
        row.required("framework"),
        row.text("version").orElse(""),
        ranks(row, "tp", 1),
        ranks(row, "pp", 1),
        ranks(row, "attention_dp", 1),
        ranks(row, "moe_tp", 0),
        ranks(row, "moe_ep", 0),
        row.text("weights"),
        row.text("moe_weights"),
        cacheFormat(row),
        required(row, "isl", MOST_TOKENS),
        required(row, "osl", MOST_TOKENS),
        required(row, "concurrency", MOST_CONCURRENCY),
        uniformFrom(row),
        row.integer("max_num_batched_tokens", 1, MOST_STEP_TOKENS),
        row.integer("max_num_seqs", 1, MOST_CONCURRENCY),
        row.number("ttft_ms", LEAST_MILLIS, MOST_MILLIS)
            .orElseThrow(() -> row.wrong("ttft_ms", "must not be empty")),
        row.number("tpot_ms", LEAST_MILLIS, MOST_MILLIS)
            .orElseThrow(() -> row.wrong("tpot_ms", "must not be empty")));
  }

  private static int ranks(CsvRow row, String column, int unsaid) {
    return row.integer(column, 0, MOST_RANKS).stream()
        .filter(ranks -> ranks > 0)
        .findFirst()
        .orElse(unsaid);
  }

  private static int required(CsvRow row, String column, int most) {
    return row.integer(column, 1, most).orElseThrow(() -> row.wrong(column, "must not be empty"));
  }

  private static KvFormat cacheFormat(CsvRow row) {
    KvFormat format = KvColumn.read(row);
    if (!List.of(KvPrecision.BF16, KvPrecision.F16, KvPrecision.FP8).contains(format)) {
      throw row.wrong(KvColumn.NAME, "must be bf16, f16 or fp8");
    }
    return format;
  }

  private static double uniformFrom(CsvRow row) {
    String lengths = row.text("lengths").orElse("as stated");
    return switch (lengths) {
      case "as stated" -> 1;
      case UNIFORM -> 0.8;
      default -> throw row.wrong("lengths", "must be \"as stated\" or \"%s\"".formatted(UNIFORM));
    };
  }

  /**
   * The engine as the server was set up: as the row says, or else, where all requests have the
   * stated lengths, for these alone.
   */
  EngineScheduler setUp(EngineScheduler engine) {
    EngineScheduler usual = uniformFrom == 1 ? engine.setUpFor(inputTokens, concurrency) : engine;
    EngineScheduler ofTokens =
        mostTokens.isPresent() ? usual.withMostTokens(mostTokens.getAsInt()) : usual;
    return mostSequences.isPresent()
        ? ofTokens.withMostSequences(mostSequences.getAsInt())
        : ofTokens;
  }

  /** Of a model with experts, or without. */
  Optional<Parallelism> parallelism(boolean hasExperts) {
    int ranks = tensor * attentionData;
    if (!hasExperts) {
      return Optional.of(new Parallelism(tensor, pipeline, attentionData, ranks, 1));
    }
    if (expertTensor == 0 && expert == 0) {
      return Optional.of(new Parallelism(tensor, pipeline, attentionData, ranks, 1));
    }
    int ofTensor = Math.max(1, expertTensor);
    int whole = Math.max(1, expert);
    return ofTensor * whole == ranks
        ? Optional.of(new Parallelism(tensor, pipeline, attentionData, ofTensor, whole))
        : Optional.empty();
  }
}
