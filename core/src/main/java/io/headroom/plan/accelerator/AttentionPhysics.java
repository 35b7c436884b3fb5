package io.headroom.plan.accelerator;

import java.util.List;
import java.util.SortedMap;

/** Attention of grouped heads: which kernel runs depends on the type of the cache and a window. */
abstract class AttentionPhysics implements KernelPhysics {
  private static final String WINDOW_COLUMN = "window_size";

  /** Of the L2 cache, to each processor; coefficients say how far that is off. */
  private static final double L2_BYTES_PER_SECOND = 4e10;

  /** The first of the numbers of decode and of prefill. */
  private static final int BATCH = 0;

  @Override
  public final List<String> texts() {
    return List.of("kernel_source", "kv_cache_dtype");
  }

  /** Tables without the column have no windows. */
  @Override
  public final double whereMissing(String column) {
    return column.equals(WINDOW_COLUMN) ? 0 : Double.NaN;
  }

  /** What a window hides is no shape of its own. */
  @Override
  public SortedMap<String, Double> sizes(KernelCall call) {
    SortedMap<String, Double> sizes = KernelPhysics.super.sizes(call);
    sizes.remove(WINDOW_COLUMN);
    return sizes;
  }

  /** A kernel with a window is slower even where that is not reached. */
  @Override
  public final String variant(KernelCall call) {
    String variant = KernelPhysics.super.variant(call);
    return hasWindow(call) ? variant + " window" : variant;
  }

  @Override
  public final boolean hasWindow(KernelCall call) {
    return window(call) > 0;
  }

  @Override
  public final double turns(KernelCall call, DataSheet sheet) {
    return sheet.host() ? call.numbers()[BATCH] : 1;
  }

  @Override
  public final KernelCall turn(KernelCall call, DataSheet sheet) {
    if (!sheet.host() || call.numbers()[BATCH] == 1) {
      return call;
    }
    double[] numbers = call.numbers().clone();
    numbers[BATCH] = 1;
    return new KernelCall(call.texts(), numbers);
  }

  /** Positions that a query sees; 0 without a window. */
  abstract double window(KernelCall call);

  /** Of what comes from the memory. */
  static double memoryMillis(double bytes, DataSheet sheet) {
    return 1e3 * bytes * (1 - sheet.partInL2(bytes)) / sheet.bandwidthBytesPerSecond();
  }

  /** Of what comes from the L2 cache, whose bandwidth grows with the processors. */
  static double l2Millis(double bytes, DataSheet sheet) {
    return 1e3 * bytes * sheet.partInL2(bytes) / (sheet.processors() * L2_BYTES_PER_SECOND);
  }

  /** Kernels that lay the query heads of a KV head side by side, whatever their number. */
  static boolean packsGroups(String source) {
    return !source.contains("flash_attn") || source.contains("fa3") || source.contains("fa4");
  }
}
