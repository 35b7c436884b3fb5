package io.headroom.plan.time;

import io.headroom.kvcache.KvFormat;
import io.headroom.model.LatentHeads;
import io.headroom.model.ModelSpec;
import io.headroom.model.weights.ModelWeights;
import io.headroom.model.weights.RankMatrix;
import io.headroom.plan.accelerator.AcceleratorProfile;
import java.util.Map;

/**
 * The time of a step of a decoder, layer by layer: what one rank runs of each layer, and what ranks
 * tell each other. Of a step that both decodes and runs prompts, matrices and experts see the
 * tokens of both at once, attention sees them apart.
 */
public final class StepModel {
  private final Kernels kernels;
  private final Parallelism parallelism;
  private final Map<LayerKernels, Integer> layers;
  private final RankMatrix head;
  private final int layerCount;
  private final AttentionTimes attention;
  private final SmallKernels smallKernels;
  private final Communication communication;

  StepModel(
      Kernels kernels,
      Parallelism parallelism,
      KvFormat cacheFormat,
      ModelSpec model,
      ModelWeights weights) {
    this.kernels = kernels;
    this.parallelism = parallelism;
    this.layers = LayerKernels.of(model.layers(), weights, parallelism);
    this.head = weights.projectionToVocabulary(parallelism.layout());
    this.layerCount = model.layers().size();
    int tensor = parallelism.tensor();
    this.attention = new AttentionTimes(kernels, tensor, cacheFormat);
    this.smallKernels = new SmallKernels(kernels, tensor, model.hiddenSize());
    this.communication = new Communication(kernels, parallelism, layers, model.hiddenSize());
  }

  private StepModel(StepModel other, KvFormat cacheFormat) {
    this.kernels = other.kernels;
    this.parallelism = other.parallelism;
    this.layers = other.layers;
    this.head = other.head;
    this.layerCount = other.layerCount;
    this.attention = new AttentionTimes(kernels, parallelism.tensor(), cacheFormat);
    this.smallKernels = other.smallKernels;
    this.communication = other.communication;
  }

  /**
   * The same with a cache in another format.
   *
   * @throws io.headroom.UserException if there is no kernel for such a cache
   */
  public StepModel keepingIn(KvFormat cacheFormat) {
    return new StepModel(this, cacheFormat);
  }

  /**
   * @throws io.headroom.UserException if there is no kernel for such a cache
   */
  public static StepModel of(
      ModelSpec model,
      ModelWeights weights,
      AcceleratorProfile profile,
      Parallelism parallelism,
      KvFormat cacheFormat) {
    return new StepModel(new Kernels(profile), parallelism, cacheFormat, model, weights);
  }

  Parallelism parallelism() {
    return parallelism;
  }

  int layerCount() {
    return layerCount;
  }

  /** One step of all stages, the host excepted. */
  public StepTime time(StepLoad load) {
    PartTimes times = new PartTimes();
    StepLoad own = load.ofRank(parallelism);
    if (own.tokens() > 0) {
      addTokens(times, own.tokens());
      addHead(times, own.decoding() + own.prompts());
    }
    if (own.decoding() > 0) {
      addDecoding(times, own.decoding(), own.keptTokens() + 1);
    }
    if (own.prompts() > 0) {
      addPrompts(times, own.prompts(), own.promptTokens(), own.priorTokens());
    }
    return times.time();
  }

  /** What every token meets: matrices, experts, norms, and what ranks tell each other. */
  void addTokens(PartTimes times, double tokens) {
    layers.forEach(
        (layer, count) -> {
          for (Product product : layer.others()) {
            times.add(StepPart.PROJECTIONS, count, kernels.product(product, tokens));
          }
          if (!(layer.layer().heads() instanceof LatentHeads) || !layer.layer().attends()) {
            for (Product product : layer.attention()) {
              times.add(StepPart.PROJECTIONS, count, kernels.product(product, tokens));
            }
          }
          layer
              .experts()
              .ifPresent(
                  experts ->
                      times.add(
                          StepPart.EXPERTS, count, kernels.experts(experts, tokens, parallelism)));
          smallKernels.addElementwise(times, layer, count, tokens);
        });
    communication.add(times, tokens);
  }

  void addHead(PartTimes times, double sequences) {
    Product product =
        new Product(WeightType.ofProduct(head.encoding()), head.outputs(), head.inputs());
    times.add(StepPart.PROJECTIONS, 1, kernels.product(product, sequences));
    communication.addGathered(times, sequences * head.outputs() * parallelism.tensor());
  }

  /** Attention of one new token of each sequence, and the states of layers that have them. */
  void addDecoding(PartTimes times, double sequences, double length) {
    layers.forEach(
        (layer, count) -> {
          if (layer.layer().attends()) {
            attention.addDecoding(times, layer, count, sequences, length);
          }
          smallKernels.addStates(times, layer.layer(), count, sequences, sequences);
        });
  }

  /** Attention of prompts, or of what comes of them after {@code prior} tokens. */
  void addPrompts(PartTimes times, double prompts, double tokens, double prior) {
    layers.forEach(
        (layer, count) -> {
          if (layer.layer().attends()) {
            attention.addPrompts(times, layer, count, prompts, tokens, prior);
          }
          smallKernels.addStates(times, layer.layer(), count, prompts, prompts * tokens);
        });
  }
}
