package io.headroom.plan.search;

import io.headroom.kvcache.KvPrecision;
import io.headroom.model.ModelSpec;
import io.headroom.model.config.ConfiguredModel;
import io.headroom.model.config.ModelCatalogue;
import io.headroom.model.weights.DecoderWeights;
import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.accelerator.ProfileFile;
import io.headroom.plan.memory.EngineOverheads;
import io.headroom.plan.serving.EngineScheduler;
import io.headroom.plan.time.EngineCosts;
import io.headroom.workload.LognormalLengths;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Deployments evaluated in closed form a second, tables and tallies included: two models in three
 * head layouts on three accelerators, eight ways to divide them, two precisions of weights and
 * cache, four numbers of batched tokens, sixteen of sequences and of utilisation.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 5, time = 3)
@State(Scope.Thread)
public class SearchBenchmark {
  private static final int CANDIDATES = 589_824;
  private static final int REQUESTS = 20_000;
  private static final double RATE = 50;
  private static final int KEPT_OF_QUESTION = 100;
  private static final List<String> ACCELERATORS = List.of("a100_sxm", "h100_sxm", "l40s");

  private SearchSpace space;
  private SearchInputs inputs;

  @Setup
  public void read() throws IOException {
    Path conf = Path.of(System.getProperty("headroom.home", "..")).toRealPath().resolve("conf");
    ModelCatalogue models = new ModelCatalogue(conf.resolve("models"));
    List<ModelVariant> variants = new ArrayList<>();
    for (String name : List.of("llama-3.1-8b", "llama-3.1-70b")) {
      ConfiguredModel configured = models.locate(name);
      ModelSpec model = configured.model();
      variants.add(variant(configured, "model", model));
      variants.add(variant(configured, "mha", model.asMha()));
      variants.add(variant(configured, "mqa", model.asMqa()));
    }
    List<ParallelChoice> parallelisms = new ArrayList<>();
    for (int tensor : new int[] {1, 2, 4, 8}) {
      parallelisms.add(new ParallelChoice(tensor, 1, 1, 1));
      parallelisms.add(new ParallelChoice(tensor, 2, 1, 1));
    }
    space =
        new SearchSpace(
            variants,
            ACCELERATORS,
            parallelisms,
            List.of(SearchSpace.AS_CHECKPOINT, "fp8"),
            List.of(KvPrecision.BF16, KvPrecision.FP8),
            List.of(2048, 4096, 8192, 16_384),
            List.of(false),
            IntStream.rangeClosed(1, 16).map(i -> 32 * i).boxed().toList(),
            IntStream.range(0, 16).mapToObj(i -> 0.8 + 0.01 * i).toList());
    if (space.size() != CANDIDATES) {
      throw new IllegalStateException("candidates: " + space.size());
    }
    inputs = inputs(conf);
  }

  private static ModelVariant variant(ConfiguredModel configured, String heads, ModelSpec spec) {
    ConfiguredModel shaped = new ConfiguredModel(configured.file(), spec, configured.config());
    return new ModelVariant(
        heads, 0, 0, spec, configured.model().asMha(), DecoderWeights.of(shaped));
  }

  private static SearchInputs inputs(Path conf) {
    Map<String, AcceleratorProfile> profiles = new TreeMap<>();
    Map<String, Double> prices = new TreeMap<>();
    for (String name : ACCELERATORS) {
      profiles.put(name, ProfileFile.read(conf.resolve("accelerators/" + name + ".json")));
      prices.put(name, 2.0);
    }
    RequestMix mix =
        RequestMix.of(
            tokens(new LognormalLengths(1155, 1020, 14_050), 1),
            tokens(new LognormalLengths(211, 129, 1000), 2));
    return new SearchInputs(
        new Demand(mix, ArrivalPattern.POISSON, RATE, new ServiceLevels(2000, 200)),
        EngineScheduler.of("vllm").orElseThrow(),
        EngineCosts.of("vllm").orElseThrow(),
        "",
        profiles,
        prices,
        EngineOverheads.USUAL,
        25e9);
  }

  private static int[] tokens(LognormalLengths lengths, long seed) {
    return lengths.draw(REQUESTS, seed).promptTokens().stream().mapToInt(i -> i).toArray();
  }

  @Benchmark
  @OperationsPerInvocation(CANDIDATES)
  public SearchTally evaluated() {
    SearchTally tally = new SearchTally(KEPT_OF_QUESTION);
    long tokens = Math.round(inputs.demand().mix().keptTokens());
    new DeploymentSearch(space, inputs).run(0, CANDIDATES, new TallySink(space, tally, tokens));
    return tally;
  }
}
