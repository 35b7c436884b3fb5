package io.headroom.jobs.plan.check;

import io.headroom.UserException;
import io.headroom.kvcache.KvFormat;
import io.headroom.model.config.ConfiguredModel;
import io.headroom.model.config.HubModels;
import io.headroom.model.weights.DecoderWeights;
import io.headroom.model.weights.MatrixEncoding;
import io.headroom.model.weights.ModelWeights;
import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.memory.EngineOverheads;
import io.headroom.plan.memory.EngineRelease;
import io.headroom.plan.memory.EngineSetting;
import io.headroom.plan.memory.KvPool;
import io.headroom.plan.serving.EngineScheduler;
import io.headroom.plan.serving.RequestShape;
import io.headroom.plan.time.EngineCosts;
import io.headroom.plan.time.Parallelism;
import io.headroom.plan.time.StepLimits;
import io.headroom.plan.time.StepModel;
import io.headroom.plan.time.StepTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/** Holds predicted closed-loop runs against those of real servers. */
final class ServingCheck {
  /** Runs send so many requests for each one in flight, as far as is known. */
  private static final int REQUESTS_OF_CONCURRENCY = 10;

  /** More tell no more of means, unless not all in flight were sent twice. */
  private static final int ENOUGH_REQUESTS = 1500;

  private static final int MOST_PROMPTS = 64;
  private static final long SEED = 1;

  /** What the tables of step times depend on. */
  private record Deployment(
      String gpu,
      String model,
      String framework,
      Parallelism parallelism,
      Optional<String> weights,
      KvFormat cacheFormat) {}

  private record Served(ConfiguredModel configured, ModelWeights weights) {}

  private final HubModels models;
  private final Function<String, AcceleratorProfile> profiles;
  private final EngineOverheads overheads;
  private final Map<Deployment, StepTable> tables = new HashMap<>();
  private final Map<String, Served> served = new HashMap<>();
  private final Map<ServedRun, String> reasons = new HashMap<>();

  ServingCheck(
      HubModels models, Function<String, AcceleratorProfile> profiles, EngineOverheads overheads) {
    this.models = models;
    this.profiles = profiles;
    this.overheads = overheads;
  }

  ServingReport check(List<ServedRun> runs, CostChoice choice) {
    Map<ServedRun, PreparedRun> prepared = prepare(runs);
    Function<PreparedRun, EngineCosts> costs = choice.costs(prepared.values());
    List<ServingReport.Row> rows = new ArrayList<>();
    for (ServedRun run : runs) {
      PreparedRun ready = prepared.get(run);
      rows.add(
          ready == null
              ? ServingReport.Row.skipped(run, reasons.get(run))
              : ServingReport.Row.compared(run, ready.predicted(costs.apply(ready))));
    }
    return new ServingReport(rows);
  }

  Map<ServedRun, PreparedRun> prepare(List<ServedRun> runs) {
    Map<ServedRun, PreparedRun> prepared = new LinkedHashMap<>();
    for (ServedRun run : runs) {
      try {
        prepared.put(run, prepare(run, runs));
      } catch (UserException e) {
        reasons.put(run, e.getMessage());
      }
    }
    return prepared;
  }

  private PreparedRun prepare(ServedRun run, List<ServedRun> runs) {
    EngineScheduler engine = engine(run);
    AcceleratorProfile profile = profiles.apply(run.gpu());
    Served of = served(run.model());
    if (run.expertWeights().isPresent() && !run.expertWeights().equals(run.weights())) {
      throw new UserException(
          "moe_weights must be as weights: %s, %s"
              .formatted(run.expertWeights().get(), run.weights().orElse("none")));
    }
    ModelWeights weights = weights(of.weights(), run.weights());
    Parallelism parallelism =
        run.parallelism(weights.expertsPerToken() > 0)
            .orElseThrow(
                () ->
                    new UserException(
                        "moe_tp x moe_ep must be tp x attention_dp: %d x %d, %d x %d"
                            .formatted(
                                run.expertTensor(),
                                run.expert(),
                                run.tensor(),
                                run.attentionData())));
    Deployment deployment =
        new Deployment(
            run.gpu(), run.model(), run.framework(), parallelism, run.weights(), run.cacheFormat());
    StepTable table =
        tables.computeIfAbsent(
            deployment,
            key ->
                StepTable.of(
                    StepModel.of(
                        of.configured().model(), weights, profile, parallelism, run.cacheFormat()),
                    limits(run, runs)));
    return new PreparedRun(
        run,
        table,
        engine,
        parallelism.attentionData(),
        pool(run, engine, profile, of.configured(), weights, parallelism),
        requests(run));
  }

  private Served served(String model) {
    return served.computeIfAbsent(
        model,
        name -> {
          ConfiguredModel configured = models.locate(name);
          return new Served(configured, DecoderWeights.of(configured));
        });
  }

  /** A checkpoint that is quantised stays as it is, unless what is stated is smaller. */
  private static ModelWeights weights(ModelWeights own, Optional<String> stated) {
    if (stated.isEmpty()) {
      return own;
    }
    ModelWeights quantised = own.quantised(stated.get());
    return bits(own) <= bits(quantised) ? own : quantised;
  }

  /** Of a number of the matrices that are quantised. */
  private static int bits(ModelWeights weights) {
    return weights
        .format()
        .quantised()
        .map(MatrixEncoding::bits)
        .orElse(Byte.SIZE * weights.format().numberBytes());
  }

  private static EngineScheduler engine(ServedRun run) {
    EngineScheduler engine =
        EngineScheduler.of(run.framework())
            .orElseThrow(
                () ->
                    new UserException(
                        "framework must be one of %s: %s"
                            .formatted(
                                EngineScheduler.known().stream()
                                    .map(EngineScheduler::engine)
                                    .collect(Collectors.joining(", ")),
                                run.framework())));
    boolean overlaps = EngineCosts.of(engine.engine()).orElseThrow().overlaps(run.version());
    return run.setUp(overlaps ? engine.planningAhead() : engine);
  }

  /** Of all runs of the model and the engine, so that they share a table. */
  private static StepLimits limits(ServedRun run, List<ServedRun> runs) {
    List<ServedRun> alike =
        runs.stream()
            .filter(
                other ->
                    other.model().equals(run.model()) && other.framework().equals(run.framework()))
            .toList();
    int length = most(alike, other -> other.inputTokens() + other.outputTokens());
    int sequences = most(alike, ServedRun::concurrency);
    int tokens = most(alike, other -> engine(other).mostTokens());
    return new StepLimits(sequences, length + 1, tokens + sequences, MOST_PROMPTS);
  }

  private static int most(List<ServedRun> runs, ToIntFunction<ServedRun> number) {
    return runs.stream().mapToInt(number).max().orElseThrow();
  }

  private long pool(
      ServedRun run,
      EngineScheduler engine,
      AcceleratorProfile profile,
      ConfiguredModel configured,
      ModelWeights weights,
      Parallelism parallelism) {
    long visible = (long) profile.sheet().memoryBytes();
    KvPool pool =
        KvPool.of(
            configured.model(),
            weights,
            new EngineSetting(
                visible,
                engine.utilisation(),
                run.inputTokens() + run.outputTokens(),
                run.cacheFormat(),
                parallelism.layout(),
                EngineRelease.of(run.framework().equals("vllm") ? run.version() : ""),
                OptionalInt.empty(),
                OptionalInt.empty(),
                EngineSetting.hasManySequences(profile.sheet().name(), visible),
                false),
            overheads);
    long tokens = pool.tokens() * parallelism.attentionData();
    if (tokens < run.inputTokens() + run.outputTokens()) {
      throw new UserException(
          "predicted not to fit: weights and activations leave no room for a sequence");
    }
    return tokens;
  }

  private static List<RequestShape> requests(ServedRun run) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<RequestShape> requests = new ArrayList<>();
    int most = Math.max(2 * run.concurrency(), ENOUGH_REQUESTS);
    int count = Math.min(REQUESTS_OF_CONCURRENCY * run.concurrency(), most);
    for (int i = 0; i < count; i++) {
      requests.add(
          new RequestShape(
              drawn(run.inputTokens(), run.uniformFrom(), random),
              drawn(run.outputTokens(), run.uniformFrom(), random)));
    }
    return requests;
  }

  private static int drawn(int most, double from, SplittableRandom random) {
    return from == 1 ? most : random.nextInt((int) Math.ceil(from * most), most + 1);
  }
}
