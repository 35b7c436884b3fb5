package io.headroom.workload;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What became of a trace's rows. Every row is used or skipped for a reason.
 *
 * @param rows lines without the header; of a session, each of its requests
 * @param used rows that are requests
 * @param skipped rows that are not used, by reason; reasons that did not occur are absent
 */
public record TraceCounts(long rows, long used, Map<SkipReason, Long> skipped)
    implements Serializable {

  public TraceCounts {
    skipped = Map.copyOf(skipped);
    long sum = used + skipped.values().stream().mapToLong(Long::longValue).sum();
    if (sum != rows) {
      throw new IllegalArgumentException(
          "used and skipped rows must come to %d: %d".formatted(rows, sum));
    }
  }

  /** Such as {@code failed requests (0 response tokens): 2, blank lines: 1}; empty if none. */
  public String skippedText() {
    Map<SkipReason, Long> inOrder = new EnumMap<>(SkipReason.class);
    inOrder.putAll(skipped);
    return inOrder.entrySet().stream()
        .map(entry -> entry.getKey().description() + ": " + entry.getValue())
        .collect(Collectors.joining(", "));
  }
}
