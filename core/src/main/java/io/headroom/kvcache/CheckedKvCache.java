package io.headroom.kvcache;

import java.util.Objects;

/**
 * What no layout changes about a cache: its spec, its length, and the checks at its edge. The
 * layouts behind it store and forget, and check only what they alone can know.
 */
public abstract class CheckedKvCache implements KvCache {
  private final KvCacheSpec spec;
  private int length;

  protected CheckedKvCache(KvCacheSpec spec) {
    this.spec = Objects.requireNonNull(spec, "spec");
  }

  @Override
  public final KvCacheSpec spec() {
    return spec;
  }

  @Override
  public final int length() {
    return length;
  }

  @Override
  public final void append(HeadTensor keys, HeadTensor values) {
    requireRows("keys", keys, spec.keyDim());
    requireRows("values", values, spec.valueDim());
    int tokens = keys.tokens();
    if (tokens != values.tokens()) {
      throw new IllegalArgumentException(
          "keys of %d tokens and values of %d do not fit together"
              .formatted(tokens, values.tokens()));
    }
    if (tokens > spec.capacity() - length) {
      throw new KvCapacityException(length, tokens, spec.capacity());
    }
    store(keys, values);
    length += tokens;
  }

  @Override
  public final void truncate(int newLength) {
    if (newLength < 0 || newLength > length) {
      throw new IllegalArgumentException(
          "length must be between 0 and %d: %d".formatted(length, newLength));
    }
    forget(newLength);
    length = newLength;
  }

  /**
   * Stores rows that fit behind the {@link #length()} positions that are there. If it throws, the
   * length stays as it is.
   */
  protected abstract void store(HeadTensor keys, HeadTensor values);

  /**
   * Makes ready to be {@code newLength} positions long, at most {@link #length()}; nothing to do,
   * as it stands here.
   *
   * @throws IllegalArgumentException if the window before that is no longer held
   */
  protected void forget(int newLength) {}

  private void requireRows(String name, HeadTensor rows, int dim) {
    if (rows.heads() != spec.kvHeads() || rows.dim() != dim) {
      throw new IllegalArgumentException(
          "%s of %d heads of %d do not fit a cache of %d heads of %d"
              .formatted(name, rows.heads(), rows.dim(), spec.kvHeads(), dim));
    }
  }
}
