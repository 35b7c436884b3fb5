package io.headroom.model;

import io.headroom.kvcache.KvBytes;
import io.headroom.kvcache.KvFormat;
import java.io.Serializable;
import java.util.Optional;

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

  /**
   * Exact bytes after {@code tokens} positions. The numbers are kept as keys are.
   *
   * @throws IllegalArgumentException if they {@linkplain #unsupported cannot be}
   */
  public long bytes(long tokens, KvFormat format) {
    long entries = tokens / tokensPerEntry;
    return (channels == 0 ? 0 : KvBytes.ofLatent(channels, format.key(), entries))
        + entries * fixedBytes;
  }

  /** Why entries cannot be kept so, in one line; empty if they can. */
  public Optional<String> unsupported(KvFormat format) {
    return channels == 0 ? Optional.empty() : format.key().unsupportedRow(channels);
  }
}
