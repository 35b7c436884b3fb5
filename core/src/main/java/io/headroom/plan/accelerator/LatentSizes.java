package io.headroom.plan.accelerator;

import java.util.List;

/**
 * The sizes of DeepSeek-V3's latent attention (arXiv 2412.19437, section 4.2), of which all
 * measured times of the families of latent attention are.
 */
public final class LatentSizes {
  /** Hidden channels. */
  public static final long HIDDEN = 7168;

  public static final long QUERY_RANK = 1536;
  public static final long KV_RANK = 512;

  /** Channels of a head without positions, of queries and keys, and of values. */
  public static final long PLAIN = 128;

  /** Channels of a query and of a token with positions. */
  public static final long ROTARY = 64;

  private LatentSizes() {}

  /**
   * Whether kernels are called piece by piece and were measured without the projections around
   * them, or are one module with these.
   *
   * @param texts of a call or a source of the two families
   */
  public static boolean isAttentionAlone(List<String> texts) {
    return texts.get(0).startsWith("vllm_");
  }
}
