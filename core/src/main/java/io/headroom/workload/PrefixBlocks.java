package io.headroom.workload;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The blocks of tokens that a prompt begins with, by ids: two prompts begin with the same tokens as
 * far as their ids are the same.
 */
public final class PrefixBlocks implements Serializable {
  /** Of a prompt of which nothing is known. */
  public static final PrefixBlocks NONE = new PrefixBlocks(new long[0], 0, false);

  private static final long serialVersionUID = 1L;

  private final long[] ids;
  private final int blockTokens;
  private final boolean ofSession;

  /**
   * @param ids in the order of the prompt; the last one may stand for less than a whole block
   * @param blockTokens tokens of a block
   * @param ofSession whether ids mean the same only within one session
   */
  public PrefixBlocks(long[] ids, int blockTokens, boolean ofSession) {
    this.ids = ids.clone();
    this.blockTokens = blockTokens;
    this.ofSession = ofSession;
    if (ids.length > 0 && blockTokens < 1) {
      throw new IllegalArgumentException("tokens of a block must be at least 1: " + blockTokens);
    }
  }

  public long[] ids() {
    return ids.clone();
  }

  public int blockTokens() {
    return blockTokens;
  }

  public boolean ofSession() {
    return ofSession;
  }

  public boolean isEmpty() {
    return ids.length == 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PrefixBlocks that
        && Arrays.equals(ids, that.ids)
        && blockTokens == that.blockTokens
        && ofSession == that.ofSession;
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(ids) + blockTokens;
  }

  @Override
  public String toString() {
    return "%s of %d tokens".formatted(Arrays.toString(ids), blockTokens);
  }
}
