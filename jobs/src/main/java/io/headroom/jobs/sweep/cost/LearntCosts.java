package io.headroom.jobs.sweep.cost;

import io.headroom.kvcache.KvFormat;
import java.util.Comparator;
import java.util.List;

/**
 * A {@link CostModel} as a part of a sweep's manifest. {@link CostFile} reads it, which anybody may
 * have edited: what a manifest does not say is null.
 */
public record LearntCosts(Model costModel) {
  private static final Comparator<CostKey> IN_ORDER =
      Comparator.comparing(CostKey::engine)
          .thenComparing(CostKey::precision, KvFormat.inOrder())
          .thenComparing(CostKey::phase)
          .thenComparing(CostKey::threads);

  /**
   * @param measuringScale how many times longer measuring took than was predicted
   */
  record Model(Number measuringScale, List<Constants> constants) {}

  /** What one kind of work costs, in nanoseconds. */
  record Constants(
      String engine,
      String kvPrecision,
      String phase,
      Integer threads,
      Number nsPerCall,
      Number nsPerFlop,
      Number nsPerByte) {}

  /** What was learnt, in a fixed order. */
  public static LearntCosts of(CostModel model) {
    List<Constants> constants =
        model.fitted().keySet().stream()
            .sorted(IN_ORDER)
            .map(key -> constants(key, model.cost(key)))
            .toList();
    return new LearntCosts(new Model(model.measuringScale(), constants));
  }

  private static Constants constants(CostKey key, PhaseCost cost) {
    return new Constants(
        key.engine(),
        key.precision().label(),
        key.phase().label(),
        key.threads(),
        cost.nanosPerCall(),
        cost.nanosPerFlop(),
        cost.nanosPerByte());
  }
}
