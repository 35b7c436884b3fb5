package io.headroom.plan.time;

import io.headroom.Rounding;
import io.headroom.kvcache.KvFormat;
import io.headroom.model.GroupedHeads;
import io.headroom.model.LatentHeads;
import io.headroom.model.LayerKind;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import io.headroom.model.weights.ModelWeights;
import io.headroom.model.weights.RankMatrix;
import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.accelerator.KernelCall;
import io.headroom.plan.accelerator.KernelCalls;
import io.headroom.plan.accelerator.KernelFamily;
import io.headroom.plan.accelerator.KernelTime;
import io.headroom.plan.accelerator.LatentSizes;
import io.headroom.plan.accelerator.TimeBasis;
import java.util.List;
import java.util.Map;

/**
 * The time of a step of a decoder, layer by layer: what one rank runs of each layer, and what ranks
 * tell each other. Of a step that both decodes and runs prompts, matrices and experts see the
 * tokens of both at once, attention sees them apart.
 */
public final class StepModel {
  /** How tokens choose experts: real routing is skewed so. */
  private static final String DISTRIBUTION = "power_law_1.01";

  private static final String LINK_TYPE = "bfloat16";
  private static final String NCCL_TYPE = "half";

  /** A kernel that does little, within a captured graph. */
  private static final double SMALL_KERNEL_MILLIS = 1.5e-3;

  /** Norm, rotation with the write of keys and values, norm, activation. */
  private static final int SMALL_KERNELS_OF_LAYER = 4;

  /** Bytes that two norms with their residuals move of a hidden channel. */
  private static final double NORM_BYTES = 16;

  /** Bytes that an activation moves of a channel of an MLP: two in, one out. */
  private static final double ACTIVATION_BYTES = 6;

  /** Of the bandwidth of the memory, what kernels of many small rows reach. */
  private static final double REACHED_BANDWIDTH = 0.75;

  private static final double ASSUMED_ERROR = 0.5;

  /**
   * Operations a number of a state and token, in chunks; and the part of the peak that is reached.
   */
  private static final double STATE_OPERATIONS = 8;

  private static final double STATE_PEAK = 0.25;

  private final Kernels kernels;
  private final Parallelism parallelism;
  private final String cacheType;
  private final int hiddenSize;
  private final Map<LayerKernels, Integer> layers;
  private final RankMatrix head;
  private final int layerCount;

  private StepModel(
      Kernels kernels,
      Parallelism parallelism,
      KvFormat cacheFormat,
      ModelSpec model,
      ModelWeights weights) {
    this.kernels = kernels;
    this.parallelism = parallelism;
    this.cacheType = CacheType.of(cacheFormat);
    this.hiddenSize = model.hiddenSize();
    this.layers = LayerKernels.of(model.layers(), weights, parallelism);
    this.head = weights.projectionToVocabulary(parallelism.layout());
    this.layerCount = model.layers().size();
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
              .ifPresent(experts -> times.add(StepPart.EXPERTS, count, experts(experts, tokens)));
          addElementwise(times, layer, count, tokens);
        });
    addCommunication(times, tokens);
  }

  void addHead(PartTimes times, double sequences) {
    Product product =
        new Product(WeightType.ofProduct(head.encoding()), head.outputs(), head.inputs());
    times.add(StepPart.PROJECTIONS, 1, kernels.product(product, sequences));
    if (parallelism.tensor() > 1) {
      double logits = sequences * head.outputs() * parallelism.tensor();
      times.add(StepPart.COMMUNICATION, 1, collective("all_gather", parallelism.tensor(), logits));
    }
  }

  /** Attention of one new token of each sequence, and the states of layers that have them. */
  void addDecoding(PartTimes times, double sequences, double length) {
    layers.forEach(
        (layer, count) -> {
          LayerSpec spec = layer.layer();
          if (spec.attends()) {
            if (spec.heads() instanceof LatentHeads latent) {
              addLatent(times, layer, count, latent, KernelFamily.MLA_DECODE, sequences, length);
            } else {
              times.add(StepPart.ATTENTION, count, decode(spec, sequences, length));
              addCold(times, spec, count, sequences, length);
            }
          }
          addStates(times, spec, count, sequences, sequences);
        });
  }

  /** Attention of prompts, or of what comes of them after {@code prior} tokens. */
  void addPrompts(PartTimes times, double prompts, double tokens, double prior) {
    layers.forEach(
        (layer, count) -> {
          LayerSpec spec = layer.layer();
          if (spec.attends()) {
            if (spec.heads() instanceof LatentHeads latent) {
              KernelFamily family = KernelFamily.MLA_PREFILL;
              addLatent(times, layer, count, latent, family, prompts, tokens + prior);
              if (prior > 0) {
                addLatent(times, layer, -count, latent, family, prompts, prior);
              }
            } else {
              times.add(StepPart.ATTENTION, count, prefill(spec, prompts, tokens, prior));
            }
          }
          addStates(times, spec, count, prompts, prompts * tokens);
        });
  }

  private KernelTime experts(RoutedExperts experts, double tokens) {
    return kernels.time(
        KernelFamily.MOE,
        KernelCalls.moe(
            kernels.experts(experts.type(), DISTRIBUTION),
            tokens * parallelism.attentionData(),
            experts.hidden(),
            experts.inner(),
            experts.choices(),
            experts.experts(),
            parallelism.expertTensor(),
            parallelism.expert()));
  }

  private KernelTime decode(LayerSpec layer, double sequences, double length) {
    GroupedHeads heads = rankHeads(layer);
    return kernels.time(
        KernelFamily.DECODE,
        KernelCalls.decode(
            kernelOf(KernelFamily.DECODE, layer, heads),
            sequences,
            heads.queryHeads(),
            heads.kvHeads(),
            heads.headDim(),
            length,
            layer.window()));
  }

  private void addCold(
      PartTimes times, LayerSpec layer, int count, double sequences, double length) {
    GroupedHeads heads = rankHeads(layer);
    double kept = layer.window() > 0 ? Math.min(length, layer.window()) : length;
    double bytes =
        sequences
            * kept
            * heads.kvHeads()
            * (heads.headDim() + heads.valueDim())
            * CacheType.elementBytes(cacheType);
    times.add(
        StepPart.ATTENTION, count * kernels.coldMillis(bytes), ASSUMED_ERROR, TimeBasis.MEASURED);
  }

  private KernelTime prefill(LayerSpec layer, double prompts, double tokens, double prior) {
    KernelTime whole = prefill(layer, prompts, tokens + prior);
    if (prior == 0) {
      return whole;
    }
    KernelTime before = prefill(layer, prompts, prior);
    double millis = Math.max(whole.millis() - before.millis(), SMALL_KERNEL_MILLIS);
    return new KernelTime(millis, whole.relativeError() * 2, whole.basis());
  }

  private KernelTime prefill(LayerSpec layer, double prompts, double tokens) {
    GroupedHeads heads = rankHeads(layer);
    return kernels.time(
        KernelFamily.PREFILL,
        KernelCalls.prefill(
            kernelOf(KernelFamily.PREFILL, layer, heads),
            prompts,
            tokens,
            heads.queryHeads(),
            heads.kvHeads(),
            heads.headDim(),
            layer.window()));
  }

  private List<String> kernelOf(KernelFamily family, LayerSpec layer, GroupedHeads heads) {
    return kernels.attention(family, cacheType, heads.headDim(), layer.window() > 0);
  }

  private GroupedHeads rankHeads(LayerSpec layer) {
    GroupedHeads all = (GroupedHeads) layer.heads();
    int kv = ranked(all.kvHeads());
    int queries = Math.max(kv, ranked(all.queryHeads()) / kv * kv);
    return new GroupedHeads(queries, kv, all.headDim(), all.valueDim());
  }

  private int ranked(int heads) {
    return (int) Rounding.ceilDivide(heads, parallelism.tensor());
  }

  /** Tables hold the whole module of DeepSeek-V3's sizes: other projections in their place. */
  private void addLatent(
      PartTimes times,
      LayerKernels layer,
      int count,
      LatentHeads heads,
      KernelFamily family,
      double sequences,
      double length) {
    double tokens = family == KernelFamily.MLA_DECODE ? sequences : sequences * length;
    List<Product> own = layer.attention();
    String type = own.get(own.size() - 1).type();
    List<String> texts = kernels.latent(family, cacheType, type);
    int rankHeads = ranked(heads.queryHeads());
    KernelCall call = KernelCalls.latent(texts, sequences, rankHeads, length, parallelism.tensor());
    times.add(StepPart.ATTENTION, count, kernels.time(family, call));
    LatentModule module = LatentModule.ofTables(rankHeads, type);
    if (LatentSizes.isAttentionAlone(texts)) {
      own.forEach(
          product -> times.add(StepPart.PROJECTIONS, count, kernels.product(product, tokens)));
    } else if (!module.hasSizes(own)) {
      own.forEach(
          product -> times.add(StepPart.PROJECTIONS, count, kernels.product(product, tokens)));
      module
          .products()
          .forEach(
              product -> times.add(StepPart.PROJECTIONS, -count, kernels.product(product, tokens)));
    }
  }

  private void addStates(
      PartTimes times, LayerSpec layer, int count, double sequences, double tokens) {
    long bytes = layer.further().state().bytesOnRank(parallelism.tensor());
    if (layer.kind() != LayerKind.LINEAR || bytes == 0) {
      return;
    }
    double moved = 2 * bytes * sequences / (kernels.bandwidthBytesPerMilli() * REACHED_BANDWIDTH);
    double computed =
        STATE_OPERATIONS
            * ((double) bytes / Float.BYTES)
            * tokens
            / (kernels.flopsPerMilli() * STATE_PEAK);
    times.add(
        StepPart.STATES,
        count * (Math.max(moved, computed) + 2 * SMALL_KERNEL_MILLIS),
        ASSUMED_ERROR,
        TimeBasis.DATA_SHEET);
  }

  private void addElementwise(PartTimes times, LayerKernels layer, int count, double tokens) {
    double bytes = tokens * (NORM_BYTES * hiddenSize + ACTIVATION_BYTES * layer.mlpWidth());
    double small = (SMALL_KERNELS_OF_LAYER + layer.quantisedProducts()) * SMALL_KERNEL_MILLIS;
    times.add(
        StepPart.ELEMENTWISE,
        count * (small + bytes / (kernels.bandwidthBytesPerMilli() * REACHED_BANDWIDTH)),
        ASSUMED_ERROR,
        TimeBasis.MEASURED);
  }

  private void addCommunication(PartTimes times, double tokens) {
    double elements = tokens * hiddenSize;
    boolean sharesExperts =
        parallelism.attentionData() > 1
            && layers.keySet().stream().anyMatch(layer -> layer.experts().isPresent());
    long withExperts =
        layers.entrySet().stream()
            .filter(layer -> layer.getKey().experts().isPresent())
            .mapToLong(Map.Entry::getValue)
            .sum();
    if (parallelism.tensor() > 1) {
      long sums = 2L * layerCount - (sharesExperts ? withExperts : 0);
      times.add(StepPart.COMMUNICATION, sums, allReduce(elements));
    }
    if (sharesExperts) {
      double all = elements * parallelism.attentionData();
      int ranks = parallelism.ranks();
      times.add(StepPart.COMMUNICATION, withExperts, collective("all_gather", ranks, all));
      times.add(StepPart.COMMUNICATION, withExperts, collective("reduce_scatter", ranks, all));
    }
    if (parallelism.pipeline() > 1) {
      times.add(
          StepPart.COMMUNICATION,
          parallelism.pipeline() - 1,
          collective("all_gather", 2, elements));
    }
  }

  private KernelTime allReduce(double elements) {
    return kernels.time(
        KernelFamily.ALLREDUCE,
        KernelCalls.collective(List.of("vllm_graph", LINK_TYPE), parallelism.tensor(), elements));
  }

  private KernelTime collective(String operation, int ranks, double elements) {
    return kernels.time(
        KernelFamily.NCCL, KernelCalls.collective(List.of(operation, NCCL_TYPE), ranks, elements));
  }
}
