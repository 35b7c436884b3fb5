package io.headroom.model;

import io.headroom.Rounding;
import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvFormat;
import java.io.Serializable;
import java.util.Objects;
import java.util.Optional;

/**
 * One layer of a decoder.
 *
 * @param heads its heads; of a {@link LayerKind#LINEAR} layer those that the model has elsewhere
 * @param window 0: it sees every position; otherwise the last {@code window} and the sinks, of a
 *     {@link LayerKind#CHUNKED} layer the length of a chunk
 * @param sinks first positions that are always seen; 0 without a window
 * @param scale factor of the scores before the softmax
 * @param further what it keeps besides the keys and values of its positions
 */
public record LayerSpec(
    LayerKind kind, HeadLayout heads, int window, int sinks, float scale, FurtherCaches further)
    implements Serializable {

  public LayerSpec {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(heads, "heads");
    Objects.requireNonNull(further, "further");
    if (window < 0 || sinks < 0 || (window == 0 && sinks > 0)) {
      throw new IllegalArgumentException(
          "window and sinks must not be negative, nor sinks be without a window: %d, %d"
              .formatted(window, sinks));
    }
    boolean windowed = kind == LayerKind.SLIDING || kind == LayerKind.CHUNKED;
    if (windowed != (window > 0) && kind != LayerKind.SHARED) {
      throw new IllegalArgumentException(
          "a layer has a window if it is sliding or chunked: %s, %d".formatted(kind, window));
    }
    if (!Float.isFinite(scale)) {
      throw new IllegalArgumentException("softmax scale must be finite: " + scale);
    }
  }

  /** A layer that keeps nothing but the keys and values of its positions. */
  public LayerSpec(LayerKind kind, HeadLayout heads, int window, int sinks, float scale) {
    this(kind, heads, window, sinks, scale, FurtherCaches.NONE);
  }

  /** The same layer that keeps this too. */
  public LayerSpec with(FurtherCaches further) {
    return new LayerSpec(kind, heads, window, sinks, scale, further);
  }

  /** The same layer without a state. */
  LayerSpec withoutState() {
    return with(new FurtherCaches(further.entries(), further.crossPositions(), FixedState.NONE));
  }

  /** Whether it computes attention over positions of the sequence, its own or another layer's. */
  public boolean attends() {
    return kind != LayerKind.LINEAR && kind != LayerKind.CROSS;
  }

  /** Whether it keeps keys and values of positions of the sequence itself. */
  public boolean holdsKv() {
    return kind == LayerKind.FULL || kind == LayerKind.SLIDING || kind == LayerKind.CHUNKED;
  }

  /** Whether its attention can be measured: over positions of its own, by a mask of engines. */
  public boolean isMeasurable() {
    return holdsKv() && kind != LayerKind.CHUNKED;
  }

  /**
   * Positions kept of {@code tokens}: all, or window and sinks, or a whole chunk at most; 0 if it
   * holds none.
   */
  public long tokensKept(long tokens) {
    if (!holdsKv()) {
      return 0;
    }
    return window > 0 ? Math.min(tokens, (long) window + sinks) : tokens;
  }

  /** Why what it keeps cannot be kept in this format, in one line; empty if it can. */
  public Optional<String> unsupported(KvFormat format) {
    boolean keepsHeads = holdsKv() || further.crossPositions() > 0;
    Optional<String> ofHeads = keepsHeads ? heads.unsupported(format) : Optional.empty();
    return ofHeads.or(
        () ->
            further.entries().stream()
                .flatMap(entries -> entries.unsupported(format).stream())
                .findFirst());
  }

  /** The tokens that are held for so many: in whole blocks where it keeps every position. */
  long tokensInBlocks(long tokens, int blockTokens) {
    return window > 0 ? tokens : Rounding.roundUp(tokens, blockTokens);
  }

  /**
   * Exact bytes of what grows with one sequence, after {@code tokens} positions: keys, values and
   * further entries.
   */
  public long kvBytes(long tokens, KvFormat format) {
    return kvBytesOnRank(tokens, format, 1);
  }

  /** Exact bytes of the same on the fullest of so many ranks. */
  public long kvBytesOnRank(long tokens, KvFormat format, int tensorParallel) {
    return kvBytesOnRank(tokensKept(tokens), tokens, format, tensorParallel);
  }

  /** Exact bytes of the same with so many positions kept, whatever the window. */
  long kvBytes(long kept, long tokens, KvFormat format) {
    return kvBytesOnRank(kept, tokens, format, 1);
  }

  private long kvBytesOnRank(long kept, long tokens, KvFormat format, int tensorParallel) {
    long bytes = holdsKv() ? heads.kvBytesOnRank(format, kept, tensorParallel) : 0;
    for (EntryCache entries : further.entries()) {
      bytes += entries.bytes(tokens, format);
    }
    return bytes;
  }

  /**
   * Exact bytes of what one sequence keeps that does not grow with it, on the fullest of so many
   * ranks: its state, and the keys and values of an encoder or of images.
   */
  public long stateBytesOnRank(KvFormat format, int tensorParallel) {
    long cross =
        further.crossPositions() == 0
            ? 0
            : heads.kvBytesOnRank(format, further.crossPositions(), tensorParallel);
    return cross + further.state().bytesOnRank(tensorParallel);
  }

  /**
   * The attention to measure: causal, with the window and the scale of this layer; in the absorbed
   * form where the layer is latent.
   *
   * @throws IllegalStateException if it does not {@linkplain #attends() attend}, or its mask is one
   *     of chunks
   */
  public Attention attention() {
    if (!attends() || kind == LayerKind.CHUNKED) {
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
  public KvCacheSpec cache(KvFormat format, int capacity, int slack) {
    AttentionShape shape = heads.shape();
    return new KvCacheSpec(
        shape.kvHeads(), shape.headDim(), shape.valueDim(), format, capacity, window, sinks, slack);
  }

  /**
   * The same layer with another number of KV heads. Where it ran on the default scale of its heads
   * it runs on that of the new ones.
   */
  LayerSpec withKvHeads(int kvHeads) {
    GroupedHeads other = heads.withKvHeads(kvHeads);
    float otherScale = scale == heads.defaultScale() ? other.defaultScale() : scale;
    return new LayerSpec(kind, other, window, sinks, otherScale, further);
  }

  /** The same layer seeing no more than this; a narrower window of its own stays. */
  LayerSpec withWindow(int size, int sinks) {
    if (!attends() || (window > 0 && window <= size)) {
      return this;
    }
    LayerKind windowed = kind == LayerKind.SHARED ? kind : LayerKind.SLIDING;
    return new LayerSpec(windowed, heads, size, sinks, scale, further);
  }
}
