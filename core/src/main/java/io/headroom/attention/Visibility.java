package io.headroom.attention;

/**
 * The keys of a cache that the query tokens of a call see: the sinks, and one range near the token.
 * Keys are counted from the cache's first on, so that a slice of a sequence is like a sequence that
 * begins there: tokens before it have negative positions, and sinks before it are none of its own.
 *
 * <p>For every token {@code 0 <= from <= to <= keys} and {@code 0 <= sinksTo <= to}. From one token
 * to the next none of the three becomes less.
 *
 * @param mask with the sinks that are keys of the cache
 * @param keys that the cache holds
 * @param firstQuery position of token 0; means nothing to a mask that is neither causal nor
 *     windowed
 */
public record Visibility(AttentionMask mask, int keys, int firstQuery) {

  /** For queries that are the last positions of a cache that holds a sequence from its start. */
  public static Visibility ofLast(AttentionMask mask, int keys, int queries) {
    return new Visibility(mask, keys, keys - queries);
  }

  /** For queries anywhere, and a cache that holds a slice of their sequence. */
  public static Visibility ofSlice(AttentionMask mask, int keys, SlicePositions positions) {
    int firstKey = positions.firstKey();
    int sinks = Math.max(0, mask.sinks() - firstKey);
    AttentionMask own =
        sinks == mask.sinks() ? mask : new AttentionMask(mask.causal(), mask.window(), sinks);
    return new Visibility(own, keys, positions.firstQuery() - firstKey);
  }

  /** First key of the range near a token. */
  public int from(int token) {
    return mask.isWindowed() ? held((long) firstQuery + token - mask.window() + 1) : 0;
  }

  /** End of the range near a token, exclusive. */
  public int to(int token) {
    return mask.causal() ? held((long) firstQuery + token + 1) : keys;
  }

  /** End of the sinks that a token sees, exclusive. They may reach into the range near it. */
  public int sinksTo(int token) {
    return Math.min(mask.sinks(), to(token));
  }

  /** First of {@code tokens} tokens that sees a key; {@code tokens} where none does. */
  public int firstSeeing(int tokens) {
    long first = mask.causal() ? -(long) firstQuery : 0;
    return keys == 0 ? tokens : (int) Math.max(0, Math.min(tokens, first));
  }

  /**
   * End of those of {@code tokens} tokens that see a key, exclusive, at least {@link #firstSeeing}:
   * all between them see one too.
   */
  public int endSeeing(int tokens) {
    // Sinks are seen however far away.
    boolean endless = !mask.isWindowed() || mask.sinks() > 0;
    long end = endless ? tokens : (long) keys + mask.window() - 1 - firstQuery;
    return (int) Math.max(firstSeeing(tokens), Math.min(tokens, end));
  }

  private int held(long position) {
    return (int) Math.max(0, Math.min(keys, position));
  }
}
