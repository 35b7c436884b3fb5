package io.headroom.plan.accelerator;

import static io.headroom.plan.accelerator.KernelPhysics.log2;

import java.util.List;
import java.util.SortedMap;

/** Causal self-attention of whole prompts: every sequence has as many queries as keys. */
final class PrefillPhysics extends AttentionPhysics {
  private static final int BATCH = 0;
  private static final int TOKENS = 1;
  private static final int QUERY_HEADS = 2;
  private static final int KV_HEADS = 3;
  private static final int HEAD_DIM = 4;
  private static final int WINDOW = 5;

  private static final double TILE_ROWS = 128;

  /**
   * Of a pair of a query and a key on one processor: 16 exponentials a cycle of 1.7 GHz, which do
   * not become faster with the tensor cores, nor fewer with the head dim.
   */
  private static final double EXPONENTIAL_MILLIS = 1e3 / (16 * 1.7e9);

  /** Of all tiles over the processors, and of the longest row of them. */
  private static final double BALANCE = 4;

  @Override
  double window(KernelCall call) {
    return call.numbers()[WINDOW];
  }

  @Override
  public List<String> numbers() {
    return List.of(
        "batch_size", "isl", "num_heads", "num_key_value_heads", "head_dim", "window_size");
  }

  @Override
  public SortedMap<String, Double> sizes(KernelCall call) {
    double[] n = call.numbers();
    SortedMap<String, Double> sizes = super.sizes(call);
    sizes.put("rows", n[BATCH] * n[QUERY_HEADS] * n[TOKENS]);
    return sizes;
  }

  @Override
  public List<String> termNames() {
    return List.of("floor", "sequence", "tiles", "softmax", "waves", "memory", "l2");
  }

  @Override
  public double[] terms(KernelCall call, DataSheet sheet) {
    double[] n = call.numbers();
    if (sheet.host()) {
      return HostTerms.prefill(
          n[TOKENS], n[QUERY_HEADS], n[KV_HEADS], n[HEAD_DIM], pairs(n), sheet);
    }
    boolean packs = packsGroups(call.texts().get(0)) || n[TOKENS] == 1;
    double rowsOfToken = packs ? n[QUERY_HEADS] / n[KV_HEADS] : 1;
    double heads = n[BATCH] * n[QUERY_HEADS] / rowsOfToken;
    double tileRows = Math.ceil(n[TOKENS] * rowsOfToken / TILE_ROWS);
    boolean cuts = n[WINDOW] > 0 && n[WINDOW] < n[TOKENS];
    double perTile = TILE_ROWS * TILE_ROWS;
    // A row of tiles is cut by the diagonal, and by the window where that is reached.
    double tiles =
        Math.max(tileRows, pairs(n) * rowsOfToken / perTile + tileRows * (cuts ? 1 : 0.5));
    double longest =
        Math.ceil(Math.min(n[TOKENS], visible(n) + TILE_ROWS / rowsOfToken) / TILE_ROWS);
    double tileMillis =
        1e3 * 4 * perTile * n[HEAD_DIM] * sheet.processors() / sheet.bf16FlopsPerSecond();
    double rounds = KernelPhysics.larger(heads * tiles / sheet.processors(), longest, BALANCE);
    double bytes = n[BATCH] * n[TOKENS] * n[HEAD_DIM] * 4 * (n[QUERY_HEADS] + 2 * n[KV_HEADS]);
    return new double[] {
      1e-3,
      n[BATCH] * 1e-6,
      rounds * tileMillis,
      rounds * perTile * EXPONENTIAL_MILLIS,
      Math.max(1, heads * tileRows / sheet.processors()) * 1e-3,
      memoryMillis(bytes, sheet),
      l2Millis(bytes, sheet)
    };
  }

  /** What a short call does is hidden behind the launch of the next one. */
  @Override
  public double floorPower() {
    return 3;
  }

  @Override
  public List<String> featureNames() {
    return List.of(
        "batch",
        "query_heads",
        "kv_heads",
        "group_size",
        "head_dim",
        "tokens",
        "window",
        "heads_of_batch",
        "blocks_of_processors",
        "fill",
        "all_tokens",
        "bytes",
        "rows",
        "work",
        "fill_of_heads");
  }

  @Override
  public double[] features(KernelCall call, DataSheet sheet) {
    double[] n = call.numbers();
    double heads = n[BATCH] * n[QUERY_HEADS];
    return new double[] {
      log2(n[BATCH]),
      log2(n[QUERY_HEADS]),
      log2(n[KV_HEADS]),
      log2(n[QUERY_HEADS] / n[KV_HEADS]),
      n[HEAD_DIM],
      log2(n[TOKENS]),
      n[WINDOW],
      log2(heads),
      log2(blocks(n) / sheet.processors()),
      KernelPhysics.fill(blocks(n), sheet.processors()),
      log2(n[BATCH] * n[TOKENS]),
      log2(bytes(call)),
      log2(heads * n[TOKENS] * n[HEAD_DIM]),
      log2(heads * pairs(n) * n[HEAD_DIM]),
      KernelPhysics.fill(heads, sheet.processors())
    };
  }

  private static double visible(double[] n) {
    return n[WINDOW] > 0 ? Math.min(n[WINDOW], n[TOKENS]) : n[TOKENS];
  }

  /** Of a query and a key that it sees. */
  private static double pairs(double[] n) {
    double visible = visible(n);
    return visible * (visible + 1) / 2 + (n[TOKENS] - visible) * visible;
  }

  private static double blocks(double[] n) {
    return n[BATCH] * n[QUERY_HEADS] * Math.ceil(n[TOKENS] / TILE_ROWS);
  }

  private static double bytes(KernelCall call) {
    double[] n = call.numbers();
    double cached = KernelCall.elementBytes(call.texts().get(1));
    return n[BATCH] * n[TOKENS] * n[HEAD_DIM] * (n[QUERY_HEADS] * 2 * 2 + n[KV_HEADS] * 2 * cached);
  }
}
