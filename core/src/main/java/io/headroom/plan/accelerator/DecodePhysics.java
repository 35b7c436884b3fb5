package io.headroom.plan.accelerator;

import static io.headroom.plan.accelerator.KernelPhysics.log2;

import java.util.List;
import java.util.SortedMap;

/**
 * One new token of each sequence against its keys and values. The split of long keys and values
 * over processors follows the published heuristics of FlashAttention 2 and 3 ({@code
 * num_splits_heuristic}): the fewest slices whose waves are 85 % as full as those of the best
 * number; FlashAttention 2 does not split where every query head has its own keys.
 */
final class DecodePhysics extends AttentionPhysics {
  private static final int BATCH = 0;
  private static final int QUERY_HEADS = 1;
  private static final int KV_HEADS = 2;
  private static final int HEAD_DIM = 3;
  private static final int BEGUN = 4;
  private static final int STEP = 5;
  private static final int WINDOW = 6;

  private static final int MOST_SPLITS = 128;
  private static final double LEAST_FILL = 0.85;
  private static final double FULL_WAVE = 0.8;
  private static final int TILE_ROWS = 64;

  /**
   * FlashAttention 3 plans its slices on the accelerator up to so many sequences, and looks through
   * the plan of all of them for each block.
   */
  private static final int MOST_PLANNED_SEQUENCES = 992;

  /** How the work is laid over the processors. */
  private record Schedule(
      double batch,
      double queryHeads,
      double kvHeads,
      double headDim,
      double length,
      double visible,
      double bytes,
      double blocks,
      double places,
      double splits,
      double keyBlocks) {}

  @Override
  double window(KernelCall call) {
    return call.numbers()[WINDOW];
  }

  @Override
  public List<String> numbers() {
    return List.of(
        "batch_size", "num_heads", "num_key_value_heads", "head_dim", "isl", "step", "window_size");
  }

  @Override
  public SortedMap<String, Double> sizes(KernelCall call) {
    double[] n = call.numbers();
    double length = n[BEGUN] + n[STEP];
    SortedMap<String, Double> sizes = KernelPhysics.byLength(super.sizes(call), length);
    sizes.put("keys", n[BATCH] * n[KV_HEADS] * length);
    return sizes;
  }

  /** It decides how long keys are split, and how often they are read. */
  @Override
  public String layout(List<String> texts) {
    return packsGroups(texts.get(0)) ? "packed" : "";
  }

  @Override
  public List<String> termNames() {
    return List.of(
        "floor",
        "several_sequences",
        "sequence",
        "memory",
        "l2",
        "tensor_cores",
        "key_blocks",
        "waves",
        "merge",
        "planned_sequences");
  }

  @Override
  public double[] terms(KernelCall call, DataSheet sheet) {
    Schedule work = schedule(call, sheet);
    if (sheet.host()) {
      return HostTerms.decode(
          work.queryHeads, work.kvHeads, work.headDim, work.visible, work.bytes, sheet);
    }
    double waves = Math.ceil(work.blocks * work.splits / work.places);
    return new double[] {
      1e-3,
      work.batch > 1 ? 1e-4 : 0,
      work.batch * 1e-6,
      memoryMillis(work.bytes, sheet),
      l2Millis(work.bytes, sheet),
      1e3 * 4 * work.blocks * TILE_ROWS * work.visible * work.headDim / sheet.bf16FlopsPerSecond(),
      waves * work.keyBlocks * work.headDim / 128 * 1e-3,
      waves * 1e-3,
      work.splits > 1 ? 1e-3 : 0,
      work.batch > MOST_PLANNED_SEQUENCES ? 0 : work.batch * 1e-6
    };
  }

  @Override
  public List<String> featureNames() {
    return List.of(
        "batch",
        "query_heads",
        "kv_heads",
        "group_size",
        "head_dim",
        "length",
        "visible",
        "window",
        "kv_bytes_of_l2",
        "blocks_of_processors",
        "rows",
        "work",
        "splits",
        "waves",
        "fill",
        "key_blocks",
        "unplanned");
  }

  @Override
  public double[] features(KernelCall call, DataSheet sheet) {
    Schedule work = schedule(call, sheet);
    double rows = work.batch * work.queryHeads;
    return new double[] {
      log2(work.batch),
      log2(work.queryHeads),
      log2(work.kvHeads),
      log2(work.queryHeads / work.kvHeads),
      work.headDim,
      log2(work.length),
      log2(work.visible),
      window(call),
      log2(work.bytes / sheet.l2Bytes()),
      log2(work.blocks / work.places),
      log2(rows),
      log2(rows * work.visible * work.headDim),
      work.splits,
      Math.ceil(work.blocks * work.splits / work.places),
      KernelPhysics.fill(work.blocks * work.splits, work.places),
      log2(work.keyBlocks),
      work.batch > MOST_PLANNED_SEQUENCES ? 1 : 0
    };
  }

  private static Schedule schedule(KernelCall call, DataSheet sheet) {
    double[] n = call.numbers();
    String source = call.texts().get(0);
    double length = n[BEGUN] + n[STEP];
    double visible = n[WINDOW] > 0 ? Math.min(length, n[WINDOW]) : length;
    double group = n[QUERY_HEADS] / n[KV_HEADS];
    boolean isFlash3 = source.contains("fa3") || source.contains("fa4");
    boolean isFlash2 = !isFlash3 && source.contains("flash_attn");
    double blockKeys = isFlash3 ? flash3Keys(n[HEAD_DIM]) : flash2Keys(n[HEAD_DIM]);
    double visibleBlocks = Math.ceil(visible / blockKeys);
    // FlashAttention 3 leaves out what the window hides before it splits, version 2 after it.
    double splitBlocks = isFlash3 ? visibleBlocks : Math.ceil(length / blockKeys);
    boolean isGrouped = !isFlash2 || group > 1;
    double blocks =
        isGrouped
            ? n[BATCH] * n[KV_HEADS] * Math.ceil(group / TILE_ROWS)
            : n[BATCH] * n[QUERY_HEADS];
    double places = isFlash3 ? sheet.processors() : 2.0 * sheet.processors();
    boolean splits = isGrouped && !(isFlash3 && splitBlocks <= 4);
    int slices = splits ? splits(blocks, places, splitBlocks) : 1;
    return new Schedule(
        n[BATCH],
        n[QUERY_HEADS],
        n[KV_HEADS],
        n[HEAD_DIM],
        length,
        visible,
        2
            * n[BATCH]
            * n[KV_HEADS]
            * visible
            * n[HEAD_DIM]
            * KernelCall.elementBytes(call.texts().get(1)),
        blocks,
        places,
        slices,
        Math.min(visibleBlocks, Math.ceil(splitBlocks / slices)));
  }

  private static double flash3Keys(double headDim) {
    if (headDim <= 128) {
      return 128;
    }
    return headDim <= 192 ? 96 : 80;
  }

  private static double flash2Keys(double headDim) {
    if (headDim <= 64) {
      return 256;
    }
    return headDim <= 128 ? 128 : 64;
  }

  private static int splits(double blocks, double places, double keyBlocks) {
    if (blocks >= FULL_WAVE * places) {
      return 1;
    }
    int most = (int) Math.min(Math.min(MOST_SPLITS, places), keyBlocks);
    double best = 0;
    for (int splits = 1; splits <= most; splits++) {
      best = Math.max(best, fillOf(splits, blocks, places, keyBlocks));
    }
    for (int splits = 1; splits <= most; splits++) {
      if (fillOf(splits, blocks, places, keyBlocks) >= LEAST_FILL * best) {
        return splits;
      }
    }
    return 1;
  }

  /** 0 where one slice fewer would have as many blocks each. */
  private static double fillOf(int splits, double blocks, double places, double keyBlocks) {
    boolean differs =
        splits == 1 || Math.ceil(keyBlocks / splits) != Math.ceil(keyBlocks / (splits - 1));
    return differs ? KernelPhysics.fill(blocks * splits, places) : 0;
  }
}
