package io.headroom.kvcache;

import java.util.Locale;
import java.util.Optional;

/**
 * Encodings of serving engines that are counted as those engines keep them, and that no engine here
 * computes on.
 *
 * <p>{@link #FP8_PER_TOKEN_HEAD}: e4m3 with a float32 scale for each head and token, of the keys
 * and of the values (vLLM, kv_cache_interface.py, AttentionSpec.page_size_bytes).
 *
 * <p>{@link #NVFP4}: 4-bit floats (e2m1) with an e4m3 scale for 16 channels; one scale more a
 * tensor is not counted (vLLM, nvfp4_kv_cache_full_dim).
 *
 * <p>{@link #Q8_0} to {@link #IQ4_NL}: blocks of 32 channels with their scales (ggml-common.h of
 * llama.cpp). llama.cpp refuses heads that are no multiple of a block.
 *
 * <p>{@link #FP8_DS_MLA}: DeepSeek's latent rows. V3.2's of 512 + 64 channels take 656 bytes: 512
 * of e4m3, four float32 scales, and the rotary 64 in bfloat16. V4's of 448 + 64 take 584: 448 of
 * e4m3, the rotary 64 in bfloat16, and 8 for scales (vLLM, MLAAttentionSpec).
 */
public enum CountedEncoding implements KvEncoding {
  FP8_PER_TOKEN_HEAD(1, 1),
  NVFP4(16, 9),
  Q8_0(32, 34),
  Q5_1(32, 24),
  Q5_0(32, 22),
  Q4_1(32, 20),
  Q4_0(32, 18),
  IQ4_NL(32, 18),
  FP8_DS_MLA(1, 1);

  /** Rotary channels of the rows of {@link #FP8_DS_MLA}. */
  public static final int DS_MLA_ROTARY_CHANNELS = 64;

  private static final int HEAD_SCALE_BYTES = 4;
  private static final int DS_MLA_V3_CHANNELS = 512 + DS_MLA_ROTARY_CHANNELS;
  private static final int DS_MLA_V3_BYTES = 656;
  private static final int DS_MLA_V4_CHANNELS = 448 + DS_MLA_ROTARY_CHANNELS;
  private static final int DS_MLA_V4_BYTES = 584;

  private final int blockChannels;
  private final int blockBytes;

  CountedEncoding(int blockChannels, int blockBytes) {
    this.blockChannels = blockChannels;
    this.blockBytes = blockBytes;
  }

  @Override
  public String label() {
    return this == FP8_PER_TOKEN_HEAD ? "fp8-per-token-head" : name().toLowerCase(Locale.ROOT);
  }

  /** 1: no two tokens share a scale. */
  @Override
  public int groupTokens() {
    return 1;
  }

  @Override
  public long keyBytes(int channels, long tokens) {
    return headBytes(channels, tokens);
  }

  @Override
  public long valueBytes(int channels, long tokens) {
    return headBytes(channels, tokens);
  }

  private long headBytes(int channels, long tokens) {
    refuse(unsupportedHead(channels));
    int scaleBytes = this == FP8_PER_TOKEN_HEAD ? HEAD_SCALE_BYTES : 0;
    return tokens * (numberBytes(channels) + scaleBytes);
  }

  @Override
  public long rowBytes(int channels, long rows) {
    refuse(unsupportedRow(channels));
    if (this == FP8_DS_MLA) {
      return rows * (channels == DS_MLA_V3_CHANNELS ? DS_MLA_V3_BYTES : DS_MLA_V4_BYTES);
    }
    return rows * numberBytes(channels);
  }

  private long numberBytes(int channels) {
    return (long) channels / blockChannels * blockBytes;
  }

  @Override
  public Optional<String> unsupportedHead(int channels) {
    if (this == FP8_DS_MLA) {
      return Optional.of("fp8_ds_mla keeps latent rows (MLA), not heads of keys and values apart");
    }
    return unsupportedBlocks("heads", channels);
  }

  @Override
  public Optional<String> unsupportedRow(int channels) {
    if (this == FP8_PER_TOKEN_HEAD) {
      return Optional.of(
          "fp8-per-token-head scales heads of keys and values, not rows that are no head's");
    }
    if (this == FP8_DS_MLA && channels != DS_MLA_V3_CHANNELS && channels != DS_MLA_V4_CHANNELS) {
      return unsupportedDeepSeekRow(String.valueOf(channels));
    }
    return unsupportedBlocks("rows", channels);
  }

  /** That rows of other channels than DeepSeek's cannot be kept as {@link #FP8_DS_MLA}. */
  public static Optional<String> unsupportedDeepSeekRow(String channels) {
    return Optional.of(
        "fp8_ds_mla keeps rows of 512 + 64 channels, or of 448 + 64 as DeepSeek-V4 has them, not of "
            + channels);
  }

  private Optional<String> unsupportedBlocks(String holder, int channels) {
    return channels % blockChannels == 0
        ? Optional.empty()
        : Optional.of(
            "%s keeps blocks of %d channels, %s of %d are no multiple"
                .formatted(label(), blockChannels, holder, channels));
  }

  private static void refuse(Optional<String> reason) {
    reason.ifPresent(
        why -> {
          throw new IllegalArgumentException(why);
        });
  }
}
