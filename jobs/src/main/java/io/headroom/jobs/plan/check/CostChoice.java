package io.headroom.jobs.plan.check;

import io.headroom.UserException;
import io.headroom.plan.time.EngineCosts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** Where the costs of the engines are from in a check. */
enum CostChoice {
  /** The project's. */
  KNOWN,
  /** No host, kernels as they were measured. */
  NONE,
  /** Fitted to all runs of the table. */
  FITTED,
  /**
   * Fitted to runs of the engine with other models than the one that is predicted; where there are
   * none, to those of other engines.
   */
  LEFT_OUT;

  static CostChoice named(String text) {
    return Arrays.stream(values())
        .filter(choice -> choice.label().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "--costs must be one of %s: %s"
                        .formatted(
                            String.join(
                                ", ", Arrays.stream(values()).map(CostChoice::label).toList()),
                            text)));
  }

  private String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The costs to predict each run with. Those that were fitted are told on standard error. */
  Function<PreparedRun, EngineCosts> costs(Collection<PreparedRun> runs) {
    Map<String, EngineCosts> fitted = new HashMap<>();
    return run -> {
      EngineCosts known = known(run);
      return switch (this) {
        case KNOWN -> known;
        case NONE -> known.unfitted();
        case FITTED ->
            fitted.computeIfAbsent(
                engine(run),
                engine -> told(engine, EngineCostFit.fit(known, ofEngine(runs, run, any -> true))));
        case LEFT_OUT ->
            fitted.computeIfAbsent(
                engine(run) + " without " + run.run().model(),
                key -> told(key, EngineCostFit.fit(known, withOtherModels(runs, run))));
      };
    };
  }

  private static EngineCosts known(PreparedRun run) {
    return EngineCosts.of(engine(run)).orElseThrow();
  }

  private static String engine(PreparedRun run) {
    return run.run().framework();
  }

  private static List<PreparedRun> withOtherModels(
      Collection<PreparedRun> runs, PreparedRun leftOut) {
    Predicate<PreparedRun> isOther = run -> !run.run().model().equals(leftOut.run().model());
    List<PreparedRun> ofEngine = ofEngine(runs, leftOut, isOther);
    List<PreparedRun> others =
        ofEngine.isEmpty() ? runs.stream().filter(isOther).toList() : ofEngine;
    if (others.isEmpty()) {
      throw new UserException(
          "--costs left-out: the table has no runs with another model than "
              + leftOut.run().model());
    }
    return others;
  }

  private static List<PreparedRun> ofEngine(
      Collection<PreparedRun> runs, PreparedRun like, Predicate<PreparedRun> which) {
    return new ArrayList<>(
        runs.stream().filter(run -> engine(run).equals(engine(like))).filter(which).toList());
  }

  private static EngineCosts told(String key, EngineCosts costs) {
    System.err.printf(
        Locale.ROOT,
        "%s: host %s ms, launches %s ms a layer, scale %s, fitted to %s%n",
        key,
        costs.hostMillis(),
        costs.launchMillis(),
        costs.scale(),
        costs.source());
    return costs;
  }
}
