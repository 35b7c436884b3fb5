package io.headroom.model;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;
import java.io.Serializable;
import java.util.Objects;

/**
 * One layer of a decoder.
 *
 * @param heads its heads; of a {@link LayerKind#LINEAR} layer those that the model has elsewhere
 * @param window 0: it sees every position; otherwise the last {@code window} and the sinks
 * @param sinks first positions that are always seen; 0 without a window
 * @param scale factor of the scores before the softmax
 */
public record LayerSpec(LayerKind kind, HeadLayout heads, int window, int sinks, float scale)
    implements Serializable {

  public LayerSpec {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(heads, "heads");
    if (window < 0 || sinks < 0 || (window == 0 && sinks > 0)) {
      throw new IllegalArgumentException(
          "window and sinks must not be negative, nor sinks be without a window: %d, %d"
              .formatted(window, sinks));
    }
    if ((kind == LayerKind.SLIDING) != (window > 0) && kind != LayerKind.SHARED) {
      throw new IllegalArgumentException(
          "a layer has a window if it is sliding: %s, %d".formatted(kind, window));
    }
    if (!Float.isFinite(scale)) {
      throw new IllegalArgumentException("softmax scale must be finite: " + scale);
    }
  }

  /** Whether it computes attention over cached positions, its own or another layer's. */
  public boolean attends() {
    return kind != LayerKind.LINEAR;
  }

  /** Whether it keeps keys and values of its own. */
  public boolean holdsKv() {
    return kind == LayerKind.FULL || kind == LayerKind.SLIDING;
  }

  /** Positions kept of {@code tokens}: all, or window and sinks; 0 if it holds none. */
  public long tokensKept(long tokens) {
    if (!holdsKv()) {
      return 0;
    }
    return window > 0 ? Math.min(tokens, (long) window + sinks) : tokens;
  }

  /** Exact bytes of one sequence's keys and values after {@code tokens} positions. */
  public long kvBytes(long tokens, KvPrecision precision) {
    return holdsKv() ? heads.kvBytes(precision, tokensKept(tokens)) : 0;
  }

  /** Exact bytes of the same on the fullest of so many ranks. */
  public long kvBytesOnRank(long tokens, KvPrecision precision, int tensorParallel) {
    return holdsKv() ? heads.kvBytesOnRank(precision, tokensKept(tokens), tensorParallel) : 0;
  }

  /**
   * The attention to measure: causal, with the window and the scale of this layer; in the absorbed
   * form where the layer is latent.
   *
   * @throws IllegalStateException if it does not {@linkplain #attends() attend}
   */
  public Attention attention() {
    if (!attends()) {
      throw new IllegalStateException("a layer of kind " + kind + " has no attention");
    }
    return new Attention(heads.shape(), new AttentionMask(true, window, sinks), scale);
  }

  /**
   * The cache over which {@link #attention()} runs. A latent layer's kernel reads its rows as keys
   * and as values, so that this cache may hold more than {@link #kvBytes} counts.
   *
   * @param capacity the most positions that may be appended
   * @param slack positions kept beyond the window, see {@link KvCacheSpec}
   */
  public KvCacheSpec cache(KvPrecision precision, int capacity, int slack) {
    AttentionShape shape = heads.shape();
    return new KvCacheSpec(
        shape.kvHeads(),
        shape.headDim(),
        shape.valueDim(),
        precision,
        capacity,
        window,
        sinks,
        slack);
  }

  /**
   * The same layer with another number of KV heads. Where it ran on the default scale of its heads
   * it runs on that of the new ones.
   */
  LayerSpec withKvHeads(int kvHeads) {
    GroupedHeads other = heads.withKvHeads(kvHeads);
    return new LayerSpec(
        kind, other, window, sinks, scale == heads.defaultScale() ? other.defaultScale() : scale);
  }

  /** The same layer seeing no more than this; a narrower window of its own stays. */
  LayerSpec withWindow(int size, int sinks) {
    if (!attends() || (window > 0 && window <= size)) {
      return this;
    }
    return new LayerSpec(
        kind == LayerKind.SHARED ? kind : LayerKind.SLIDING, heads, size, sinks, scale);
  }
}
