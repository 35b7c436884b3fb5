package io.headroom.jobs.plan.search;

import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.accelerator.ProfileFile;
import io.headroom.plan.memory.EngineOverheads;
import io.headroom.plan.search.Demand;
import io.headroom.plan.search.SearchInputs;
import io.headroom.plan.search.SearchSpace;
import io.headroom.plan.serving.EngineScheduler;
import io.headroom.plan.time.EngineCosts;
import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** A search as it travels to executors: nothing is read there from files. */
public final class ShippedSearch implements Serializable {
  private static final long serialVersionUID = 1L;

  private final SearchSpace space;
  private final Demand demand;
  private final String engine;
  private final String release;
  private final TreeMap<String, byte[]> profiles;
  private final TreeMap<String, Double> usdPerHour;
  private final double linkBytesPerSecond;

  /** Parsed once in a process, however many tasks it runs. */
  private transient SearchInputs inputs;

  /**
   * @param engine by its name
   * @param release of the engine; empty: the newest
   * @param profiles the text of each profile, by the names of the space
   * @param usdPerHour of an accelerator, by the same names
   * @param linkBytesPerSecond of an accelerator to those of another pool
   */
  public ShippedSearch(
      SearchSpace space,
      Demand demand,
      String engine,
      String release,
      Map<String, byte[]> profiles,
      Map<String, Double> usdPerHour,
      double linkBytesPerSecond) {
    this.space = space;
    this.demand = demand;
    this.engine = engine;
    this.release = release;
    this.profiles = new TreeMap<>(profiles);
    this.usdPerHour = new TreeMap<>(usdPerHour);
    this.linkBytesPerSecond = linkBytesPerSecond;
  }

  public SearchSpace space() {
    return space;
  }

  public Demand demand() {
    return demand;
  }

  public String engine() {
    return engine;
  }

  public String release() {
    return release;
  }

  /** Of an accelerator, by name. */
  public Map<String, Double> usdPerHour() {
    return Collections.unmodifiableMap(usdPerHour);
  }

  /** What searches rest on; several threads may use it. */
  public synchronized SearchInputs inputs() {
    if (inputs == null) {
      Map<String, AcceleratorProfile> parsed = new TreeMap<>();
      profiles.forEach((name, text) -> parsed.put(name, ProfileFile.parse(name, text)));
      inputs =
          new SearchInputs(
              demand,
              EngineScheduler.of(engine).orElseThrow(),
              EngineCosts.of(engine).orElseThrow(),
              release,
              parsed,
              usdPerHour,
              EngineOverheads.USUAL,
              linkBytesPerSecond);
    }
    return inputs;
  }

  /** Tokens of a sequence at which the bytes of caches are compared. */
  public long comparedTokens() {
    return Math.round(demand.mix().inputTokens() + demand.mix().outputTokens());
  }
}
