package io.headroom.workload;

import java.io.Serializable;
import java.util.Objects;

/**
 * What a request shares with those before it, and which of them it waits for.
 *
 * @param prefix the blocks that its prompt begins with
 * @param session the name of the session that it is a turn of; empty: none is named
 * @param delayNanos how long after the answer to the turn before it is sent; {@link #NO_DELAY}: not
 *     told
 */
public record RequestHistory(PrefixBlocks prefix, String session, long delayNanos)
    implements Serializable {
  public static final long NO_DELAY = -1;

  /** Of a request that stands for itself, or whose history is not asked for. */
  public static final RequestHistory NONE = new RequestHistory(PrefixBlocks.NONE, "", NO_DELAY);

  public RequestHistory {
    Objects.requireNonNull(prefix, "prefix");
    Objects.requireNonNull(session, "session");
    if (delayNanos < 0 && delayNanos != NO_DELAY) {
      throw new IllegalArgumentException("delay must not be negative: " + delayNanos + " ns");
    }
  }

  public boolean hasDelay() {
    return delayNanos != NO_DELAY;
  }

  RequestHistory after(long otherDelayNanos) {
    return new RequestHistory(prefix, session, otherDelayNanos);
  }
}
