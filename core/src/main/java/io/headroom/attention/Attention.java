package io.headroom.attention;

import java.util.Objects;

/**
 * One attention layer's arithmetic: {@code softmax(scale * Q K^T + mask) V} for every query head.
 *
 * @param scale factor of the scores before the softmax
 */
public record Attention(AttentionShape shape, AttentionMask mask, float scale) {

  public Attention {
    Objects.requireNonNull(shape, "shape");
    Objects.requireNonNull(mask, "mask");
    if (!Float.isFinite(scale)) {
      throw new IllegalArgumentException("softmax scale must be finite: " + scale);
    }
  }

  public Attention(AttentionShape shape, AttentionMask mask) {
    this(shape, mask, shape.defaultScale());
  }
}
