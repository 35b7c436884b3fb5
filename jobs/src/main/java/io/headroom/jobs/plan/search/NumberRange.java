package io.headroom.jobs.plan.search;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** Numbers from {@code from} to before {@code to}. */
record NumberRange(long from, long to) implements Serializable {

  /** Cut into about equally long parts, at most so many. */
  List<NumberRange> parts(int most) {
    List<NumberRange> parts = new ArrayList<>();
    long length = to - from;
    long count = Math.min(most, length);
    for (long i = 0; i < count; i++) {
      parts.add(new NumberRange(from + length * i / count, from + length * (i + 1) / count));
    }
    return parts;
  }
}
