package io.headroom.plan.search;

import io.headroom.plan.serving.Arrivals;
import io.headroom.plan.serving.Fleet;
import io.headroom.plan.serving.Requests;
import io.headroom.plan.serving.ServingResult;
import io.headroom.plan.serving.ServingSimulation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * How many replicas meet the service levels where requests are simulated one by one, and what the
 * fewest do when more or fewer requests come.
 */
public final class FleetSimulation {
  /** Loads at which a fleet is looked at, as parts of the one that is asked for. */
  private static final double[] LOADS = {0.5, 0.7, 0.8, 0.9, 1.1, 1.2, 1.35, 1.5};

  private static final int MOST_STEPS = 24;
  private static final int HALVINGS = 6;
  private static final double MOST_LOAD = 4;

  /** A highest load above it is not known: halvings came as near to the most as they do. */
  public static final double HIGHEST_TRIED = 3.9;

  private static final int TIMELINE_BINS = 240;
  private static final double LEAST_BIN_MILLIS = 1000;

  /**
   * @param load as a part of the rate that is asked for
   * @param meets whether the service levels are met
   */
  public record LoadPoint(double load, boolean meets, ServingResult result) {}

  /**
   * @param size the fewest replicas that meet the levels; where none did, the most that were tried
   * @param meets whether they do
   * @param points at several loads, the one that is asked for among them, rising
   * @param mostLoad the highest load that meets the levels, as a part of the rate that is asked for
   */
  public record Outcome(FleetSize size, boolean meets, List<LoadPoint> points, double mostLoad) {
    public Outcome {
      points = List.copyOf(points);
    }

    /** At the rate that is asked for. */
    public LoadPoint asked() {
      return points.stream().filter(point -> point.load() == 1).findFirst().orElseThrow();
    }
  }

  private final Function<FleetSize, Fleet> fleets;
  private final Requests requests;
  private final double[] arrivalMillis;
  private final ServiceLevels levels;

  /**
   * @param fleets of any size, all alike but for that
   */
  public FleetSimulation(
      Function<FleetSize, Fleet> fleets, Requests requests, ServiceLevels levels) {
    this.fleets = fleets;
    this.requests = requests;
    this.levels = levels;
    this.arrivalMillis = new double[requests.count()];
    for (int i = 0; i < arrivalMillis.length; i++) {
      arrivalMillis[i] = requests.arrivalMillis(i);
    }
  }

  /**
   * @param closedForm where to begin
   */
  public Outcome run(FleetSize closedForm) {
    FleetSize size = fewest(closedForm);
    Fleet fleet = fleets.apply(size);
    double span = arrivalMillis[arrivalMillis.length - 1] - arrivalMillis[0];
    double bin = Math.max(LEAST_BIN_MILLIS, Math.ceil(span / TIMELINE_BINS / 1000) * 1000);
    LoadPoint asked = at(fleet, 1, bin);
    List<LoadPoint> points = new ArrayList<>();
    points.add(asked);
    for (double load : LOADS) {
      points.add(at(fleet, load, 0));
    }
    points.sort((one, other) -> Double.compare(one.load(), other.load()));
    return new Outcome(size, asked.meets(), points, mostLoad(fleet, points));
  }

  /**
   * The fewest replicas that meet the levels at the rate that is asked for; empty if none of the
   * numbers that were tried do.
   *
   * @param from where to begin
   */
  public Optional<FleetSize> needed(FleetSize from) {
    FleetSize size = fewest(from);
    return at(fleets.apply(size), 1, 0).meets() ? Optional.of(size) : Optional.empty();
  }

  /** More of what is short until the levels are met, then the fewest of each pool that do. */
  private FleetSize fewest(FleetSize from) {
    FleetSize size = from;
    LoadPoint point = at(fleets.apply(size), 1, 0);
    for (int steps = 0; !point.meets() && steps < MOST_STEPS; steps++) {
      boolean moreDecoding = size.decodeReplicas() > 0 && !isSlow(point.result());
      size =
          moreDecoding
              ? size.withDecoding(more(size.decodeReplicas()))
              : size.with(more(size.replicas()));
      point = at(fleets.apply(size), 1, 0);
    }
    if (!point.meets()) {
      return size;
    }
    size = size.with(fewest(size.replicas(), size::with));
    return size.decodeReplicas() == 0
        ? size
        : size.withDecoding(fewest(size.decodeReplicas(), size::withDecoding));
  }

  /**
   * The fewest replicas of a pool that meet the levels: one less is tried first, then ever more
   * less, then the middle.
   *
   * @param enough replicas that do
   * @param resized the fleet with others
   */
  private long fewest(long enough, LongFunction<FleetSize> resized) {
    long met = enough;
    long missed = 0;
    for (long less = 1; met - missed > 1; ) {
      boolean gallops = missed == 0;
      long tried = gallops ? Math.max(1, met - less) : (met + missed) / 2;
      if (at(fleets.apply(resized.apply(tried)), 1, 0).meets()) {
        met = tried;
        less *= 2;
      } else {
        missed = tried;
      }
    }
    return met;
  }

  private boolean isSlow(ServingResult result) {
    return result.ttft().p99() > levels.ttftP99Millis();
  }

  private static long more(long replicas) {
    return replicas + Math.max(1, replicas / 16);
  }

  /** The highest load that a fleet meets the levels at, as a part of the rate that is asked for. */
  double mostLoad(FleetSize size) {
    return mostLoad(fleets.apply(size), List.of());
  }

  private double mostLoad(Fleet fleet, List<LoadPoint> points) {
    double met = 0;
    double missed = MOST_LOAD;
    // Rising loads: what is missed below a load that is met does not count.
    for (LoadPoint point : points) {
      if (point.meets()) {
        met = point.load();
        missed = MOST_LOAD;
      } else {
        missed = Math.min(missed, point.load());
      }
    }
    for (int i = 0; i < HALVINGS; i++) {
      double middle = 0.5 * (met + missed);
      if (at(fleet, middle, 0).meets()) {
        met = middle;
      } else {
        missed = middle;
      }
    }
    return met;
  }

  private LoadPoint at(Fleet fleet, double load, double timelineMillis) {
    Requests sent =
        load == 1 ? requests : requests.arrivingAt(Arrivals.scaled(arrivalMillis, load));
    ServingResult result = ServingSimulation.run(fleet, sent, timelineMillis);
    return new LoadPoint(load, meets(result), result);
  }

  /** Requests that never fit have missed their levels. */
  private boolean meets(ServingResult result) {
    boolean allFit = result.neverFit() <= ServiceLevels.MAY_MISS * result.requests();
    boolean inTime = result.ttft().p99() <= levels.ttftP99Millis();
    boolean hasTokens = result.tpot().count() > 0;
    return allFit && inTime && (!hasTokens || result.tpot().p99() <= levels.tpotP99Millis());
  }
}
