package io.headroom.plan.accelerator;

import java.util.List;

/** Attention of grouped heads: which kernel runs depends on the type of the cache and a window. */
abstract class AttentionPhysics implements KernelPhysics {
  private static final String WINDOW_COLUMN = "window_size";

  @Override
  public final List<String> texts() {
    return List.of("kernel_source", "kv_cache_dtype");
  }

  /** Tables without the column have no windows. */
  @Override
  public final double whereMissing(String column) {
    return column.equals(WINDOW_COLUMN) ? 0 : Double.NaN;
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

  /** Positions that a query sees; 0 without a window. */
  abstract double window(KernelCall call);
}
