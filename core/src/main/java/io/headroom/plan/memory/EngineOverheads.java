package io.headroom.plan.memory;

import java.util.EnumMap;
import java.util.Map;

/**
 * The {@link Overhead overheads} of an engine.
 *
 * @param changed those that are not as usual
 */
public record EngineOverheads(Map<Overhead, Double> changed) {
  public static final EngineOverheads USUAL = new EngineOverheads(Map.of());

  public EngineOverheads {
    changed = Map.copyOf(changed);
    changed.forEach(
        (overhead, value) -> {
          if (!overhead.allows(value)) {
            throw new IllegalArgumentException(
                "%s must be from %s to %s: %s"
                    .formatted(overhead.key(), overhead.least(), overhead.most(), value));
          }
        });
  }

  public EngineOverheads with(Overhead overhead, double value) {
    Map<Overhead, Double> more = new EnumMap<>(Overhead.class);
    more.putAll(changed);
    more.put(overhead, value);
    return new EngineOverheads(more);
  }

  public double value(Overhead overhead) {
    return changed.getOrDefault(overhead, overhead.usual());
  }

  /** Of an overhead in GiB. */
  long bytes(Overhead overhead) {
    return Math.round(value(overhead) * (1L << 30));
  }
}
