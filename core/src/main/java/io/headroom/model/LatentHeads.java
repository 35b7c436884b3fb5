package io.headroom.model;

import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.CountedEncoding;
import io.headroom.kvcache.KvBytes;
import io.headroom.kvcache.KvFormat;
import java.util.Optional;

/**
 * Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434). A token keeps one row for all heads:
 * the latent, from which keys and values are projected, and a rotary key beside it.
 *
 * @param latentDim {@code kv_lora_rank}
 * @param rotaryDim {@code qk_rope_head_dim}
 * @param plainDim {@code qk_nope_head_dim}: channels of a key without a rotary embedding
 * @param valueDim {@code v_head_dim}: channels of a value before it is compressed
 */
public record LatentHeads(int queryHeads, int latentDim, int rotaryDim, int plainDim, int valueDim)
    implements HeadLayout {

  public LatentHeads {
    if (queryHeads < 1 || latentDim < 1 || rotaryDim < 1 || plainDim < 1 || valueDim < 1) {
      throw new IllegalArgumentException(
          "heads and dimensions must be at least 1: query heads %d, latent %d, rotary %d, plain %d, value %d"
              .formatted(queryHeads, latentDim, rotaryDim, plainDim, valueDim));
    }
  }

  /** Numbers that a token keeps. */
  public int rowDim() {
    return latentDim + rotaryDim;
  }

  /**
   * The absorbed form (arXiv 2405.04434, section 2.1.2): the projections out of the latent are
   * folded into those of queries and outputs, so that all query heads read one KV head, whose keys
   * are the rows and whose values are the latents in them.
   */
  @Override
  public AttentionShape shape() {
    return new AttentionShape(queryHeads, 1, rowDim(), latentDim);
  }

  /** {@code 1/sqrt(plainDim + rotaryDim)}: absorbed scores are those of the expanded keys. */
  @Override
  public float defaultScale() {
    return (float) (1 / Math.sqrt(plainDim + rotaryDim));
  }

  @Override
  public AttentionVariant variant() {
    return AttentionVariant.MLA;
  }

  @Override
  public Optional<String> unsupported(KvFormat format) {
    if (format.key() != format.value()) {
      return Optional.of(
          "a latent row (MLA) is key and value in one, which cannot be kept apart as "
              + format.label());
    }
    if (format == CountedEncoding.FP8_DS_MLA
        && rotaryDim != CountedEncoding.DS_MLA_ROTARY_CHANNELS) {
      return CountedEncoding.unsupportedDeepSeekRow(latentDim + " + " + rotaryDim);
    }
    return format.key().unsupportedRow(rowDim());
  }

  @Override
  public long kvBytes(KvFormat format, long tokens) {
    Optional<String> reason = unsupported(format);
    if (reason.isPresent()) {
      throw new IllegalArgumentException(reason.get());
    }
    return KvBytes.ofLatent(rowDim(), format.key(), tokens);
  }

  /** All of it: a row cannot be split by heads, so every rank keeps it. */
  @Override
  public long kvBytesOnRank(KvFormat format, long tokens, int tensorParallel) {
    return kvBytes(format, tokens);
  }

  /** Keys and values expanded, {@code plainDim + rotaryDim} and {@code valueDim} channels. */
  @Override
  public GroupedHeads withKvHeads(int kvHeads) {
    return new GroupedHeads(queryHeads, kvHeads, plainDim + rotaryDim, valueDim);
  }
}
