package io.headroom.model;

import io.headroom.kvcache.KvBytes;
import io.headroom.kvcache.KvPrecision;
import java.io.Serializable;

/**
 * Entries that a layer keeps beside the keys and values of its positions, and that grow with the
 * sequence: the keys of an indexer, positions compressed into one. No rank has less than all of
 * them, for they belong to no head.
 *
 * @param tokensPerEntry an entry is kept once so many positions are complete
 * @param channels numbers of an entry in the precision of the cache
 * @param fixedBytes of an entry, whatever the precision of the cache
 */
public record EntryCache(int tokensPerEntry, int channels, int fixedBytes) implements Serializable {
  public EntryCache {
    if (tokensPerEntry < 1 || channels < 0 || fixedBytes < 0) {
      throw new IllegalArgumentException(
          "an entry stands for at least 1 token and has no negative size: %d, %d, %d"
              .formatted(tokensPerEntry, channels, fixedBytes));
    }
  }

  /** Exact bytes after {@code tokens} positions. */
  public long bytes(long tokens, KvPrecision precision) {
    long entries = tokens / tokensPerEntry;
    return (channels == 0 ? 0 : KvBytes.ofLatent(channels, precision, entries))
        + entries * fixedBytes;
  }
}
