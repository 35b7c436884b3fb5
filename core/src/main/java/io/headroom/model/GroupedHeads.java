package io.headroom.model;

import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.KvBytes;
import io.headroom.kvcache.KvFormat;
import java.util.Optional;

/**
 * Query heads in equal groups, each of which shares a KV head: MHA, GQA and MQA.
 *
 * @param kvHeads divides the query heads
 * @param headDim channels of a query and of a key
 * @param valueDim channels of a value
 */
public record GroupedHeads(int queryHeads, int kvHeads, int headDim, int valueDim)
    implements HeadLayout {

  /** In the place of heads where a model has none; nothing is counted of them. */
  public static final GroupedHeads NONE = new GroupedHeads(1, 1, 1, 1);

  public GroupedHeads {
    new AttentionShape(queryHeads, kvHeads, headDim, valueDim);
  }

  @Override
  public AttentionShape shape() {
    return new AttentionShape(queryHeads, kvHeads, headDim, valueDim);
  }

  @Override
  public float defaultScale() {
    return shape().defaultScale();
  }

  @Override
  public AttentionVariant variant() {
    if (kvHeads == queryHeads) {
      return AttentionVariant.MHA;
    }
    return kvHeads == 1 ? AttentionVariant.MQA : AttentionVariant.GQA;
  }

  @Override
  public Optional<String> unsupported(KvFormat format) {
    return format.key().unsupportedHead(headDim).or(() -> format.value().unsupportedHead(valueDim));
  }

  @Override
  public long kvBytes(KvFormat format, long tokens) {
    return KvBytes.of(kvHeads, headDim, valueDim, format, tokens);
  }

  /** Those of {@code ceil(kvHeads / tensorParallel)} KV heads, at least one. */
  @Override
  public long kvBytesOnRank(KvFormat format, long tokens, int tensorParallel) {
    int rankKvHeads = (kvHeads - 1) / tensorParallel + 1;
    return KvBytes.of(rankKvHeads, headDim, valueDim, format, tokens);
  }

  @Override
  public GroupedHeads withKvHeads(int kvHeads) {
    return new GroupedHeads(queryHeads, kvHeads, headDim, valueDim);
  }
}
