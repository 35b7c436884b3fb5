package io.headroom.plan.search;

import io.headroom.kvcache.KvPrecision;
import io.headroom.plan.search.SearchSpace.Choice;

/** Tallies what a search finds. */
public final class TallySink implements SearchSink {
  private final SearchSpace space;
  private final SearchTally tally;
  private final double[][] savings;

  /**
   * @param tokens of a sequence, at which the bytes of caches are compared
   */
  public TallySink(SearchSpace space, SearchTally tally, long tokens) {
    this.space = space;
    this.tally = tally;
    this.savings = new double[space.variants().size()][space.kvFormats().size()];
    for (int variant = 0; variant < savings.length; variant++) {
      for (int format = 0; format < savings[variant].length; format++) {
        savings[variant][format] = saving(variant, format, tokens);
      }
    }
  }

  private double saving(int variant, int format, long tokens) {
    ModelVariant of = space.variants().get(variant);
    boolean counts = of.spec().unsupported(space.kvFormats().get(format)).isEmpty();
    return counts ? of.kvSaving(space.kvFormats().get(format), KvPrecision.BF16, tokens) : 0;
  }

  @Override
  public void feasible(
      long number, Choice choice, FleetSize fleet, double usdPerHour, double tpotMillis) {
    int question = space.question(choice);
    FoundDeployment found =
        new FoundDeployment(
            number,
            Double.isNaN(usdPerHour) ? fleet.accelerators() : usdPerHour,
            fleet.accelerators(),
            fleet.requestsPerSecond(),
            tpotMillis,
            savings[choice.variant()][choice.kvFormat()]);
    tally.countFeasible(question, 1);
    tally.keep(question, found);
    tally.keepInFront(space.variants().get(choice.variant()).spec().name(), found);
  }

  @Override
  public void infeasible(long number, Choice choice, Reason reason) {
    tally.countInfeasible(space.question(choice), reason, new SearchTally.Count(1, number));
  }
}
