package io.headroom.model;

import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.KvPrecision;
import java.io.Serializable;

/** The heads of one attention layer, and what they keep of a token. */
public sealed interface HeadLayout extends Serializable permits GroupedHeads, LatentHeads {

  int queryHeads();

  /** The heads and channels over which the attention kernel runs. */
  AttentionShape shape();

  /** Factor of the scores before the softmax, where the configuration states none. */
  float defaultScale();

  AttentionVariant variant();

  /** Exact bytes of {@code tokens} kept positions. */
  long kvBytes(KvPrecision precision, long tokens);

  /** Exact bytes of {@code tokens} kept positions on the fullest of so many ranks. */
  long kvBytesOnRank(KvPrecision precision, long tokens, int tensorParallel);

  /**
   * The same queries with {@code kvHeads} heads of keys and values.
   *
   * @throws IllegalArgumentException if they do not divide the query heads
   */
  GroupedHeads withKvHeads(int kvHeads);
}
