package io.headroom.plan.search;

import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.ModelSpec;
import io.headroom.model.config.ConfiguredModel;
import io.headroom.model.config.ModelCatalogue;
import io.headroom.model.weights.DecoderWeights;
import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.accelerator.ProfileFile;
import io.headroom.plan.memory.EngineOverheads;
import io.headroom.plan.serving.Arrivals;
import io.headroom.plan.serving.EngineScheduler;
import io.headroom.plan.serving.Requests;
import io.headroom.plan.time.EngineCosts;
import io.headroom.testkit.SharedData;
import io.headroom.workload.LognormalLengths;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Searches over the project's own models and profiles, for requests as of a conversation. */
final class SearchFixture {
  static final ServiceLevels LEVELS = new ServiceLevels(2000, 200);

  private static final Path CONF = SharedData.projectRoot().resolve("conf");
  private static final ModelCatalogue MODELS = new ModelCatalogue(CONF.resolve("models"));
  private static final Map<String, AcceleratorProfile> PROFILES = new TreeMap<>();

  private SearchFixture() {}

  static ModelVariant variant(String name, String heads) {
    ConfiguredModel configured = MODELS.locate(name);
    ModelSpec model = configured.model();
    ModelSpec spec =
        heads.equals("mha") ? model.asMha() : heads.equals("mqa") ? model.asMqa() : model;
    ConfiguredModel shaped = new ConfiguredModel(configured.file(), spec, configured.config());
    return new ModelVariant(heads, 0, 0, spec, model.asMha(), DecoderWeights.of(shaped));
  }

  /** Every layer sees a window of the last positions, and the first. */
  static ModelVariant windowed(String name, String heads, int window, int sinks) {
    ModelVariant variant = variant(name, heads);
    return new ModelVariant(
        heads,
        window,
        sinks,
        variant.spec().withWindow(window, sinks),
        variant.mha(),
        variant.weights());
  }

  static SearchSpace space(
      List<ModelVariant> variants,
      List<String> accelerators,
      List<Integer> tensor,
      List<Boolean> disaggregated) {
    return space(variants, accelerators, tensor, List.of(KvPrecision.BF16), disaggregated);
  }

  static SearchSpace space(
      List<ModelVariant> variants,
      List<String> accelerators,
      List<Integer> tensor,
      List<KvFormat> formats,
      List<Boolean> disaggregated) {
    return new SearchSpace(
        variants,
        accelerators,
        tensor.stream().map(ranks -> new ParallelChoice(ranks, 1, 1, 1)).toList(),
        List.of(SearchSpace.AS_CHECKPOINT),
        formats,
        List.of(2048, 8192),
        disaggregated,
        List.of(64, 256),
        List.of(0.8, 0.9));
  }

  static SearchInputs inputs(SearchSpace space, Demand demand, String engine) {
    Map<String, AcceleratorProfile> profiles = new TreeMap<>();
    Map<String, Double> prices = new TreeMap<>();
    for (String name : space.accelerators()) {
      profiles.put(
          name,
          PROFILES.computeIfAbsent(
              name, any -> ProfileFile.read(CONF.resolve("accelerators/" + name + ".json"))));
      prices.put(name, 2.0);
    }
    return new SearchInputs(
        demand,
        EngineScheduler.of(engine).orElseThrow(),
        EngineCosts.of(engine).orElseThrow(),
        "",
        profiles,
        prices,
        EngineOverheads.USUAL,
        25e9);
  }

  static Requests requests(int count, double perSecond) {
    return new Requests(
        Arrivals.poisson(count, perSecond, 5),
        tokens(new LognormalLengths(1155, 1020, 14_050), count, 1),
        tokens(new LognormalLengths(211, 129, 1000), count, 2));
  }

  private static int[] tokens(LognormalLengths lengths, int count, long seed) {
    return lengths.draw(count, seed).promptTokens().stream().mapToInt(length -> length).toArray();
  }

  static Demand demand(Requests requests, double perSecond, ServiceLevels levels) {
    int[] inputs = new int[requests.count()];
    int[] outputs = new int[requests.count()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = requests.inputTokens(i);
      outputs[i] = requests.outputTokens(i);
    }
    return new Demand(RequestMix.of(inputs, outputs), ArrivalPattern.POISSON, perSecond, levels);
  }
}
