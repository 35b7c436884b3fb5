package io.headroom.plan.search;

import java.io.Serializable;
import java.util.Comparator;

/**
 * What candidates that cannot serve are counted by: the limit, and what it says of all of them
 * alike.
 *
 * @param words of a limit that has several reasons; empty where only numbers tell candidates apart
 */
public record Reason(Limit limit, String words) implements Comparable<Reason>, Serializable {
  private static final Comparator<Reason> ORDER =
      Comparator.comparing(Reason::limit).thenComparing(Reason::words);

  static Reason of(Limit limit) {
    return new Reason(limit, "");
  }

  @Override
  public int compareTo(Reason other) {
    return ORDER.compare(this, other);
  }
}
