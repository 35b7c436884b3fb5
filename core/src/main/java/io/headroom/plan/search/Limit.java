package io.headroom.plan.search;

import java.util.Locale;

/** What a deployment meets first when more is asked of it, or why it cannot serve at all. */
public enum Limit {
  /** The model cannot be split so, or kept so: the words of the reason say how. */
  UNSUPPORTED,
  /** Requests are longer than the model's positions. */
  CONTEXT,
  /** Weights and activations leave no room for a cache. */
  WEIGHTS,
  /** The cache is full. */
  KV,
  /** As many sequences run as the engine runs at once. */
  SEQUENCES,
  /** The first token comes too late. */
  TTFT,
  /** Tokens follow one another too slowly. */
  TPOT,
  /** More than the accelerator can compute, whatever requests wait. */
  COMPUTE,
  /** Keys and values cannot be moved as quickly as they come. */
  LINK;

  /** As columns have it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
