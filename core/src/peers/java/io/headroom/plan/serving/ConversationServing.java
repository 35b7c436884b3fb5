package io.headroom.plan.serving;

import io.headroom.kvcache.KvPrecision;
import io.headroom.model.config.ConfiguredModel;
import io.headroom.model.config.ModelCatalogue;
import io.headroom.model.weights.DecoderWeights;
import io.headroom.model.weights.ModelWeights;
import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.accelerator.ProfileFile;
import io.headroom.plan.memory.EngineOverheads;
import io.headroom.plan.memory.EngineRelease;
import io.headroom.plan.memory.EngineSetting;
import io.headroom.plan.memory.KvPool;
import io.headroom.plan.time.EngineCosts;
import io.headroom.plan.time.Parallelism;
import io.headroom.plan.time.StepLimits;
import io.headroom.plan.time.StepModel;
import io.headroom.plan.time.StepTable;
import io.headroom.workload.TraceHead;
import io.headroom.workload.TraceLine;
import io.headroom.workload.TraceLineParser;
import io.headroom.workload.TraceRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Llama-3.1-8B as vLLM serves it on one H100, and the requests of Azure's conversation trace. */
final class ConversationServing {
  private static final String MODEL = "llama-3.1-8b";
  private static final String ACCELERATOR = "h100_sxm";
  private static final String ENGINE = "vllm";
  private static final int MOST_LENGTH = 16_384;
  private static final int MOST_PROMPTS = 64;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double JITTER_MILLIS = 1000;
  private static final long SEED = 1;
  private static final int BISECTIONS = 12;

  private final List<TraceRequest> trace;
  private final Fleet fleet;

  /**
   * @param home the folder with conf
   * @param trace Azure's CSV file
   */
  ConversationServing(Path home, Path trace) throws IOException {
    this.trace = read(trace);
    this.fleet = new ColocatedFleet(replica(home.resolve("conf")), 1, Routing.ROUND_ROBIN);
  }

  private static List<TraceRequest> read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    TraceHead head = TraceHead.ofLine(lines.get(0));
    TraceLineParser parser = head.parser(head.format().orElseThrow()).orElseThrow();
    List<TraceRequest> requests = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      TraceLine read = parser.parse(line);
      if (read instanceof TraceRequest request) {
        requests.add(request);
      }
    }
    return requests;
  }

  private static ReplicaSetup replica(Path conf) {
    ConfiguredModel model = new ModelCatalogue(conf.resolve("models")).locate(MODEL);
    ModelWeights weights = DecoderWeights.of(model);
    AcceleratorProfile profile =
        ProfileFile.read(conf.resolve("accelerators/" + ACCELERATOR + ".json"));
    EngineScheduler engine = EngineScheduler.of(ENGINE).orElseThrow();
    EngineCosts costs = EngineCosts.of(ENGINE).orElseThrow();
    StepModel steps =
        StepModel.of(model.model(), weights, profile, Parallelism.ONE_GPU, KvPrecision.BF16);
    int sequences = engine.mostSequences();
    StepLimits limits =
        new StepLimits(sequences, MOST_LENGTH, engine.mostTokens() + sequences, MOST_PROMPTS);
    long visible = (long) profile.sheet().memoryBytes();
    KvPool pool =
        KvPool.of(
            model.model(),
            weights,
            new EngineSetting(
                visible,
                engine.utilisation(),
                MOST_LENGTH,
                KvPrecision.BF16,
                Parallelism.ONE_GPU.layout(),
                EngineRelease.of(""),
                OptionalInt.empty(),
                OptionalInt.empty(),
                true,
                false),
            EngineOverheads.USUAL);
    return new ReplicaSetup(
        engine,
        StepClock.of(StepTable.of(steps, limits), costs, ""),
        1,
        pool.tokens() / pool.blockTokens(),
        pool.blockTokens());
  }

  Fleet fleet() {
    return fleet;
  }

  /** The trace at so many times its rate, repeated with jitter until there are enough. */
  Requests requests(int count, double rateScale) {
    double[] arrivals =
        trace.stream().mapToDouble(one -> one.arrivalNanos() / NANOS_PER_MILLI).toArray();
    int[] inputs = new int[count];
    int[] outputs = new int[count];
    for (int i = 0; i < count; i++) {
      TraceRequest request = trace.get(i % trace.size());
      inputs[i] = request.promptTokens();
      outputs[i] = request.outputTokens();
    }
    double[] scaled = Arrivals.scaled(arrivals, rateScale);
    return new Requests(Arrivals.repeated(scaled, count, JITTER_MILLIS, SEED), inputs, outputs);
  }

  /** The most times the trace's rate at which waits do not grow to the end. */
  double saturation(int count) {
    double low = 0.1;
    double high = 100;
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = Math.sqrt(low * high);
      if (ServingSimulation.run(fleet, requests(count, middle), 0).saturated()) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return low;
  }
}
