package io.headroom.jobs.plan.check;

import io.headroom.UserException;
import io.headroom.model.config.ConfiguredModel;
import io.headroom.model.config.HubModels;
import io.headroom.model.weights.DecoderWeights;
import io.headroom.model.weights.ModelWeights;
import io.headroom.model.weights.RankLayout;
import io.headroom.plan.accelerator.VisibleMemory;
import io.headroom.plan.memory.EngineOverheads;
import io.headroom.plan.memory.EngineSetting;
import io.headroom.plan.memory.KvPool;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** Holds predicted pools against logged ones. */
final class PoolCheck {
  private static final double GIB = 1L << 30;

  /** A pool and its tokens that differ by more are of two ranks. */
  private static final double SAME_POOL = 0.02;

  /** GPUs without a memory of their own. */
  private static final Pattern SHARED_WITH_HOST =
      Pattern.compile("GB10|DGX Spark|Jetson|Orin|Thor", Pattern.CASE_INSENSITIVE);

  private static final int LENGTH_UNSAID = 8192;

  private final HubModels models;
  private final EngineOverheads overheads;

  PoolCheck(HubModels models, EngineOverheads overheads) {
    this.models = models;
    this.overheads = overheads;
  }

  PoolReport check(List<LoggedPool> pools) {
    return new PoolReport(pools.stream().map(this::check).toList());
  }

  private PoolReport.Row check(LoggedPool pool) {
    try {
      ConfiguredModel configured = models.locate(pool.model());
      return compared(pool, configured, DecoderWeights.of(configured));
    } catch (UserException e) {
      return unpredicted(pool, e.getMessage());
    }
  }

  private PoolReport.Row compared(
      LoggedPool pool, ConfiguredModel configured, ModelWeights weights) {
    Optional<Long> visible =
        pool.visibleGib().isPresent()
            ? Optional.of(Math.round(pool.visibleGib().getAsDouble() * GIB))
            : VisibleMemory.of(pool.gpu());
    if (visible.isEmpty()) {
      return unpredicted(pool, "the visible memory of %s is not known".formatted(pool.gpu()));
    }
    if (pool.utilisation().isEmpty()) {
      return unpredicted(pool, "gpu_memory_utilization is not stated");
    }
    KvPool predicted =
        KvPool.of(configured.model(), weights, setting(pool, configured, visible.get()), overheads);
    Optional<String> unknown = unknown(pool, configured, weights, predicted);
    boolean comparable = unknown.isEmpty() && pool.gib().orElse(0) > 0;
    return new PoolReport.Row(
        pool.model(),
        pool.gpu(),
        "%.2f%s"
            .formatted(visible.get() / GIB, pool.visibleGib().isPresent() ? "" : " by its name"),
        pool.gib(),
        OptionalDouble.of(predicted.bytes() / GIB),
        loggedTokens(pool, predicted),
        OptionalDouble.of(predicted.tokens()),
        unknown.or(() -> infeasible(predicted)),
        comparable);
  }

  private static EngineSetting setting(
      LoggedPool pool, ConfiguredModel configured, long visibleBytes) {
    int positions = configured.model().maxPositions();
    return new EngineSetting(
        visibleBytes,
        pool.utilisation().getAsDouble(),
        pool.maxModelLen().orElse(positions > 0 ? positions : LENGTH_UNSAID),
        pool.kvFormat(),
        new RankLayout(pool.tensorParallel(), pool.pipelineParallel(), 1),
        pool.release(),
        pool.batchedTokens(),
        pool.sequences(),
        EngineSetting.hasManySequences(pool.gpu(), visibleBytes),
        pool.eager());
  }

  /** Why the pool cannot be held against the log; empty if it can. */
  private static Optional<String> unknown(
      LoggedPool pool, ConfiguredModel configured, ModelWeights weights, KvPool predicted) {
    if (pool.guess().isPresent()) {
      return pool.guess().map(column -> column + " is a guess");
    }
    if (SHARED_WITH_HOST.matcher(pool.gpu()).find()) {
      return Optional.of(
          "the memory of %s is the host's too, and what the engine finds taken of it is not known"
              .formatted(pool.gpu()));
    }
    if (!weights.uncounted().isEmpty()) {
      return Optional.of("weights that are not counted: " + String.join(", ", weights.uncounted()));
    }
    if (pool.gib().isEmpty()) {
      return Optional.of(
          pool.tokens().isPresent() ? "tokens alone are logged" : "no pool is logged");
    }
    if (pool.gib().getAsDouble() <= 0) {
      return Optional.of(
          infeasible(predicted)
              .orElse("infeasible by the log, predicted to fit: what the engine loads differs"));
    }
    return ofOneRank(pool, configured, predicted);
  }

  /** The tokens of the pool are those of the rank with the least, which may not have logged it. */
  private static Optional<String> ofOneRank(
      LoggedPool pool, ConfiguredModel configured, KvPool predicted) {
    if (pool.tokens().isEmpty() || predicted.blockTokens() == 0 || pool.pipelineParallel() > 1) {
      return Optional.empty();
    }
    double ofTokens =
        configured
                .model()
                .kvBytesPerGpu(pool.tokens().getAsInt(), pool.kvFormat(), pool.tensorParallel())
            / GIB;
    double logged = pool.gib().getAsDouble();
    return Math.abs(ofTokens - logged) <= SAME_POOL * logged
        ? Optional.empty()
        : Optional.of(
            "the logged tokens take %.2f GiB: pool and tokens are of different ranks"
                .formatted(ofTokens));
  }

  private static Optional<String> infeasible(KvPool predicted) {
    if (predicted.bytes() > 0) {
      return Optional.empty();
    }
    return Optional.of(
        "infeasible: weights of %.2f, activations of %.2f and others of %.2f GiB are more than %.2f"
            .formatted(
                predicted.weightsBytes() / GIB,
                predicted.activationBytes() / GIB,
                predicted.otherBytes() / GIB,
                predicted.budgetBytes() / GIB));
  }

  /** In the meaning of the predicted ones, see {@link KvPool#tokens}. */
  private static OptionalDouble loggedTokens(LoggedPool pool, KvPool predicted) {
    if (predicted.blockTokens() > 0) {
      return printedTokens(pool);
    }
    return pool.concurrency().isPresent() && pool.maxModelLen().isPresent()
        ? OptionalDouble.of(
            Math.rint(pool.concurrency().getAsDouble() * pool.maxModelLen().getAsInt()))
        : OptionalDouble.empty();
  }

  private static OptionalDouble printedTokens(LoggedPool pool) {
    return pool.tokens().stream().asDoubleStream().findFirst();
  }

  private static PoolReport.Row unpredicted(LoggedPool pool, String reason) {
    return new PoolReport.Row(
        pool.model(),
        pool.gpu(),
        "-",
        pool.gib(),
        OptionalDouble.empty(),
        printedTokens(pool),
        OptionalDouble.empty(),
        Optional.of(reason),
        false);
  }
}
