package io.headroom.model;

import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.KvFormat;
import java.io.Serializable;
import java.util.Optional;

/** The heads of one attention layer, and what they keep of a token. */
public sealed interface HeadLayout extends Serializable permits GroupedHeads, LatentHeads {

  int queryHeads();

  /** The heads and channels over which the attention kernel runs. */
  AttentionShape shape();

  /** Factor of the scores before the softmax, where the configuration states none. */
  float defaultScale();

  AttentionVariant variant();

  /** Why a cache cannot keep them in this format, in one line; empty if it can. */
  Optional<String> unsupported(KvFormat format);

  /**
   * Exact bytes of {@code tokens} kept positions.
   *
   * @throws IllegalArgumentException if the format is {@linkplain #unsupported not supported}
   */
  long kvBytes(KvFormat format, long tokens);

  /**
   * Exact bytes of {@code tokens} kept positions on the fullest of so many ranks.
   *
   * @throws IllegalArgumentException if the format is {@linkplain #unsupported not supported}
   */
  long kvBytesOnRank(KvFormat format, long tokens, int tensorParallel);

  /**
   * The same queries with {@code kvHeads} heads of keys and values.
   *
   * @throws IllegalArgumentException if they do not divide the query heads
   */
  GroupedHeads withKvHeads(int kvHeads);
}
