package io.headroom.model;

/** How query heads share keys and values. */
public enum AttentionVariant {
  /** Every query head has a KV head of its own (arXiv 1706.03762). */
  MHA,
  /** Groups of query heads share a KV head (arXiv 2305.13245). */
  GQA,
  /** All query heads share one KV head (arXiv 1911.02150). */
  MQA,
  /** All query heads share one compressed latent row a token (arXiv 2405.04434). */
  MLA
}
