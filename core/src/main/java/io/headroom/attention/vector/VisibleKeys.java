package io.headroom.attention.vector;

import io.headroom.attention.AttentionMask;

/**
 * The key positions that a query token sees: the sinks, and one range near the token.
 *
 * @param length positions of the cache
 * @param queries tokens, the last of those positions where positions matter
 */
record VisibleKeys(AttentionMask mask, int length, int queries) {

  /** First position of the range near a token. */
  int from(int token) {
    return mask.isWindowed() ? Math.max(0, position(token) - mask.window() + 1) : 0;
  }

  /** End of the range near a token, exclusive. */
  int to(int token) {
    return mask.causal() ? position(token) + 1 : length;
  }

  /** End of the sinks that a token sees, exclusive. */
  int sinksTo(int token) {
    return Math.min(mask.sinks(), to(token));
  }

  private int position(int token) {
    return length - queries + token;
  }
}
