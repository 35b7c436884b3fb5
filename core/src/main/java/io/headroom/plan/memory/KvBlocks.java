package io.headroom.plan.memory;

import static io.headroom.Rounding.ceilDivide;

import io.headroom.UserException;
import io.headroom.kvcache.CountedEncoding;
import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.EntryCache;
import io.headroom.model.HeadLayout;
import io.headroom.model.LatentHeads;
import io.headroom.model.LayerKind;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import io.headroom.model.VllmBlocks;
import io.headroom.model.weights.RankLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How vLLM cuts a cache into blocks (get_kv_cache_groups of vllm/v1/core/kv_cache_utils.py): layers
 * that keep the same are a kind. Where all keep every position they are one group, and a block is a
 * page of each of them, as large as that layer's. Else all kinds are cut into groups of equally
 * many layers, the fewest that a kind has, or the most where these are less than half as many more;
 * a group that is not full is padded. A block is one page of each layer of a group, and all pages
 * have one size: kinds that keep less of a token have more tokens in theirs, and a state takes a
 * page of its own.
 *
 * <p>The key of an indexer is a cache of its own beside the latent row (DeepseekV32IndexerCache of
 * vllm/model_executor/models/deepseek_v2.py), and in the same group; the blocks of such models have
 * 64 tokens, and rows in fp8 are kept as {@link CountedEncoding#FP8_DS_MLA}.
 *
 * @param blockBytes of one block, on one rank
 * @param blocksPerSequence that one sequence of the greatest length takes, of all groups
 * @param blockTokens of a block of a model with one kind of layers, or whose layers all keep every
 *     position; 0 where there are several
 * @param keepsAll whether all layers keep every position, so that blocks follow a length alone
 */
public record KvBlocks(long blockBytes, long blocksPerSequence, int blockTokens, boolean keepsAll) {
  /** What the kernels of sparse latent attention need (FlashMLASparseBackend). */
  private static final int INDEXED_TOKENS = 64;

  private static final double FEW_MORE = 1.5;

  /**
   * Layers that keep the same.
   *
   * @param indexBytes of the key of an indexer, a token; 0 without
   */
  private record Kind(
      LayerKind kind, HeadLayout heads, int window, int sinks, long stateBytes, long indexBytes) {

    private boolean keepsEveryPosition() {
      return kind == LayerKind.FULL && stateBytes == 0;
    }

    /** Between steps of so many tokens. */
    private long blocks(int length, int stepTokens, int tokens) {
      return VllmBlocks.reserved(kind, window, sinks, length, stepTokens, tokens);
    }

    private long page(KvFormat format, int tensorParallel, int tokens) {
      return heads.kvBytesOnRank(format, tokens, tensorParallel) + tokens * indexBytes;
    }
  }

  /**
   * Of the stage that keeps most of a sequence.
   *
   * @param asked the precision of keys and values
   * @param length positions of a sequence
   * @param batchedTokens the most of a step, which a window keeps too
   * @throws UserException if the blocks of such layers are not known, the format is none for them,
   *     or there are more stages than layers
   */
  static KvBlocks of(
      ModelSpec model, KvFormat asked, RankLayout ranks, int length, int batchedTokens) {
    boolean indexed =
        model.layers().stream().anyMatch(layer -> !layer.further().entries().isEmpty());
    KvFormat format = indexed && asked == KvPrecision.FP8 ? CountedEncoding.FP8_DS_MLA : asked;
    model
        .unsupported(format)
        .ifPresent(
            reason -> {
              throw new UserException("%s: %s".formatted(model.name(), reason));
            });
    if (!model.holdsKv()) {
      throw new UserException(model.name() + ": how an engine keeps states alone is not known");
    }
    KvBlocks fullest = new KvBlocks(0, 0, 0, false);
    int first = 0;
    for (int layers : ranks.layersOfStages(model.name(), model.layers().size())) {
      Map<Kind, Integer> counts =
          counts(model, model.layers().subList(first, first + layers), ranks.tensorParallel());
      first += layers;
      KvBlocks blocks =
          of(model.name(), counts, format, ranks.tensorParallel(), length, batchedTokens);
      if (blocks.bytesPerSequence() > fullest.bytesPerSequence()) {
        fullest = blocks;
      }
    }
    if (fullest.blockBytes() == 0) {
      throw new UserException(model.name() + ": keeps nothing of a sequence in blocks");
    }
    return fullest;
  }

  private long bytesPerSequence() {
    return blockBytes * blocksPerSequence;
  }

  private static Map<Kind, Integer> counts(
      ModelSpec model, List<LayerSpec> layers, int tensorParallel) {
    Map<Kind, Integer> counts = new LinkedHashMap<>();
    for (LayerSpec layer : layers) {
      long index = indexBytes(model.name(), layer);
      long state = layer.further().state().bytesOnRank(tensorParallel);
      if (layer.holdsKv() && state > 0) {
        throw new UserException(
            model.name() + ": how an engine keeps states beside keys and values is not known");
      }
      if (layer.holdsKv() || state > 0) {
        HeadLayout heads = layer.holdsKv() ? layer.heads() : model.leadingLayer().heads();
        counts.merge(
            new Kind(layer.kind(), heads, layer.window(), layer.sinks(), state, index),
            1,
            Integer::sum);
      }
    }
    return counts;
  }

  private static long indexBytes(String model, LayerSpec layer) {
    List<EntryCache> entries = layer.further().entries();
    if (entries.isEmpty() && layer.further().crossPositions() == 0) {
      return 0;
    }
    boolean isIndexer =
        layer.further().crossPositions() == 0
            && layer.heads() instanceof LatentHeads
            && entries.size() == 1
            && entries.get(0).tokensPerEntry() == 1
            && entries.get(0).channels() == 0;
    if (!isIndexer) {
      throw new UserException(
          model + ": how an engine keeps what its layers keep besides is not known");
    }
    return entries.get(0).fixedBytes();
  }

  private static KvBlocks of(
      String model,
      Map<Kind, Integer> counts,
      KvFormat format,
      int tensorParallel,
      int length,
      int batchedTokens) {
    if (counts.keySet().stream().allMatch(Kind::keepsEveryPosition)) {
      return oneGroup(counts, format, tensorParallel, length);
    }
    long page = 0;
    for (Kind kind : counts.keySet()) {
      long least = kind.page(format, tensorParallel, VllmBlocks.USUAL_TOKENS);
      page =
          Math.max(
              page,
              kind.stateBytes() > 0
                  ? VllmBlocks.pageBesideStates(kind.stateBytes(), least)
                  : least);
    }
    int groupSize = groupSize(new ArrayList<>(counts.values()));
    long blocks = 0;
    int tokens = 0;
    for (Map.Entry<Kind, Integer> entry : counts.entrySet()) {
      Kind kind = entry.getKey();
      long groups = ceilDivide(entry.getValue(), groupSize);
      long own = kind.page(format, tensorParallel, VllmBlocks.USUAL_TOKENS);
      if (page % own != 0) {
        throw new UserException(
            model + ": how an engine aligns the pages of its layers is not known");
      }
      tokens = Math.toIntExact(VllmBlocks.USUAL_TOKENS * (page / own));
      blocks += groups * kind.blocks(length, batchedTokens, tokens);
    }
    return new KvBlocks(page * groupSize, blocks, counts.size() == 1 ? tokens : 0, false);
  }

  private static KvBlocks oneGroup(
      Map<Kind, Integer> counts, KvFormat format, int tensorParallel, int length) {
    boolean indexed = counts.keySet().stream().anyMatch(kind -> kind.indexBytes() > 0);
    int tokens = indexed ? INDEXED_TOKENS : VllmBlocks.USUAL_TOKENS;
    long bytes =
        counts.entrySet().stream()
            .mapToLong(kind -> kind.getValue() * kind.getKey().page(format, tensorParallel, tokens))
            .sum();
    return new KvBlocks(bytes, ceilDivide(length, tokens), tokens, true);
  }

  private static int groupSize(List<Integer> counts) {
    int fewest = counts.stream().mapToInt(Integer::intValue).min().orElse(1);
    int most = counts.stream().mapToInt(Integer::intValue).max().orElse(1);
    return most < fewest * FEW_MORE ? most : fewest;
  }
}
