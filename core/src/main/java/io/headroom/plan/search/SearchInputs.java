package io.headroom.plan.search;

import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.memory.EngineOverheads;
import io.headroom.plan.serving.EngineScheduler;
import io.headroom.plan.time.EngineCosts;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a search rests on beside its lists.
 *
 * @param release of the engine; empty: the newest
 * @param profiles by the names of the space
 * @param usdPerHour of an accelerator, by name; none where there is no price
 * @param linkBytesPerSecond of an accelerator to those of another pool
 */
public record SearchInputs(
    Demand demand,
    EngineScheduler engine,
    EngineCosts costs,
    String release,
    Map<String, AcceleratorProfile> profiles,
    Map<String, Double> usdPerHour,
    EngineOverheads overheads,
    double linkBytesPerSecond) {
  public SearchInputs {
    profiles = Map.copyOf(profiles);
    usdPerHour = Map.copyOf(usdPerHour);
  }

  OptionalDouble price(String accelerator) {
    Double price = usdPerHour.get(accelerator);
    return price == null ? OptionalDouble.empty() : OptionalDouble.of(price);
  }

  /** The same for a planner that takes data sheets for times, and no engine's costs. */
  SearchInputs ofDataSheets() {
    Map<String, AcceleratorProfile> sheets = new HashMap<>();
    profiles.forEach(
        (name, profile) -> sheets.put(name, AcceleratorProfile.roofline(profile.sheet())));
    return new SearchInputs(
        demand,
        engine,
        costs.unfitted(),
        release,
        sheets,
        usdPerHour,
        overheads,
        linkBytesPerSecond);
  }
}
