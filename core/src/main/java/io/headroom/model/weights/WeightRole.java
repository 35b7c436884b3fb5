package io.headroom.model.weights;

/** What an array of a checkpoint is to those who quantise and split it. */
public enum WeightRole {
  /** Rows of tokens or positions that are looked up, never multiplied. */
  EMBEDDING,
  /** The projection onto the vocabulary. */
  HEAD,
  /** A projection of every token. */
  PROJECTION,
  /** A projection of those tokens that are sent to its expert. */
  EXPERT,
  /** What chooses experts; engines keep it as it was trained. */
  ROUTER,
  /** Norms, convolutions and what recurrences learn: never quantised. */
  OTHER
}
