package io.headroom.plan.time;

import io.headroom.Rounding;
import io.headroom.kvcache.KvFormat;
import io.headroom.model.GroupedHeads;
import io.headroom.model.LatentHeads;
import io.headroom.model.LayerSpec;
import io.headroom.plan.accelerator.KernelCall;
import io.headroom.plan.accelerator.KernelCalls;
import io.headroom.plan.accelerator.KernelFamily;
import io.headroom.plan.accelerator.KernelTime;
import io.headroom.plan.accelerator.LatentSizes;
import io.headroom.plan.accelerator.TimeBasis;
import java.util.List;

/** What attention of one layer takes on a rank, whose heads are its part of the layer's. */
final class AttentionTimes {
  /** The difference of two prompts is not less than a kernel that does little. */
  private static final double LEAST_MILLIS = SmallKernels.LAUNCHED_MILLIS;

  private static final double ASSUMED_ERROR = 0.5;

  private final Kernels kernels;
  private final int tensorRanks;
  private final String cacheType;

  AttentionTimes(Kernels kernels, int tensorRanks, KvFormat cacheFormat) {
    this.kernels = kernels;
    this.tensorRanks = tensorRanks;
    this.cacheType = CacheType.of(cacheFormat, kernels.sheet());
  }

  /** Of one new token of each sequence, with which each has so many. */
  void addDecoding(
      PartTimes times, LayerKernels layer, int count, double sequences, double length) {
    LayerSpec spec = layer.layer();
    if (spec.heads() instanceof LatentHeads latent) {
      addLatent(times, layer, count, latent, KernelFamily.MLA_DECODE, sequences, length);
      return;
    }
    times.add(StepPart.ATTENTION, count, decode(spec, sequences, length));
    addCold(times, spec, count, sequences, length);
  }

  /** Of prompts, or of what comes of them after {@code prior} tokens. */
  void addPrompts(
      PartTimes times, LayerKernels layer, int count, double prompts, double tokens, double prior) {
    LayerSpec spec = layer.layer();
    if (spec.heads() instanceof LatentHeads latent) {
      KernelFamily family = KernelFamily.MLA_PREFILL;
      addLatent(times, layer, count, latent, family, prompts, tokens + prior);
      if (prior > 0) {
        addLatent(times, layer, -count, latent, family, prompts, prior);
      }
      return;
    }
    times.add(StepPart.ATTENTION, count, prefill(spec, prompts, tokens, prior));
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
            * KernelCall.elementBytes(cacheType);
    times.add(
        StepPart.ATTENTION, count * kernels.coldMillis(bytes), ASSUMED_ERROR, TimeBasis.MEASURED);
  }

  private KernelTime prefill(LayerSpec layer, double prompts, double tokens, double prior) {
    KernelTime whole = prefill(layer, prompts, tokens + prior);
    if (prior == 0) {
      return whole;
    }
    KernelTime before = prefill(layer, prompts, prior);
    double millis = Math.max(whole.millis() - before.millis(), LEAST_MILLIS);
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
    return (int) Rounding.ceilDivide(heads, tensorRanks);
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
    KernelCall call = KernelCalls.latent(texts, sequences, rankHeads, length, tensorRanks);
    KernelTime whole = kernels.time(family, call);
    boolean isSparse = !layer.layer().further().entries().isEmpty();
    times.add(StepPart.ATTENTION, count, isSparse ? ofAllPositions(whole) : whole);
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

  /**
   * Of a layer that attends to the positions that an indexer chooses: neither the choice nor sparse
   * attention was measured, so that the time of all positions stands in.
   */
  private static KernelTime ofAllPositions(KernelTime time) {
    return time.standingIn(time.relativeError() + ASSUMED_ERROR);
  }
}
