package io.headroom.plan.search;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * What is kept of a search: of each question the best, the front of each model, and how many could
 * not serve for each reason. Two tallies of parts of a space add up to that of both, in any order.
 */
public final class SearchTally implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * How many deployments a reason keeps from serving.
   *
   * @param first the least of their numbers
   */
  public record Count(long count, long first) implements Serializable {
    Count plus(Count other) {
      return new Count(count + other.count, Math.min(first, other.first));
    }
  }

  private final int keptOfQuestion;
  private final TreeMap<Integer, PriorityQueue<FoundDeployment>> best = new TreeMap<>();
  private final TreeMap<String, Front> fronts = new TreeMap<>();
  private final TreeMap<Integer, TreeMap<Reason, Count>> infeasible = new TreeMap<>();
  private final TreeMap<Integer, long[]> feasible = new TreeMap<>();

  /**
   * @param keptOfQuestion how many of each question
   */
  public SearchTally(int keptOfQuestion) {
    this.keptOfQuestion = keptOfQuestion;
  }

  /** Keeps it if it is among the best of its question. */
  public void keep(int question, FoundDeployment found) {
    PriorityQueue<FoundDeployment> of =
        best.computeIfAbsent(
            question, any -> new PriorityQueue<>(FoundDeployment.BEST_FIRST.reversed()));
    if (of.size() < keptOfQuestion) {
      of.add(found);
    } else if (FoundDeployment.BEST_FIRST.compare(found, of.peek()) < 0) {
      of.poll();
      of.add(found);
    }
  }

  /** Keeps it if no other of its model dominates it. */
  public void keepInFront(String model, FoundDeployment found) {
    fronts.computeIfAbsent(model, any -> new Front()).add(found);
  }

  public void countFeasible(int question, long count) {
    feasible.computeIfAbsent(question, any -> new long[1])[0] += count;
  }

  public void countInfeasible(int question, Reason reason, Count count) {
    infeasible.computeIfAbsent(question, any -> new TreeMap<>()).merge(reason, count, Count::plus);
  }

  /** Adds what is kept of another part of the same space. */
  public SearchTally add(SearchTally other) {
    other.best.forEach((question, found) -> found.forEach(one -> keep(question, one)));
    other.fronts.forEach(
        (model, front) -> front.members().forEach(member -> keepInFront(model, member)));
    other.infeasible.forEach(
        (question, counts) ->
            counts.forEach((reason, count) -> countInfeasible(question, reason, count)));
    other.feasible.forEach((question, count) -> countFeasible(question, count[0]));
    return this;
  }

  /** Of every question, best first. */
  public Map<Integer, List<FoundDeployment>> best() {
    Map<Integer, List<FoundDeployment>> sorted = new TreeMap<>();
    best.forEach(
        (question, found) ->
            sorted.put(question, found.stream().sorted(FoundDeployment.BEST_FIRST).toList()));
    return sorted;
  }

  /** The front of every model, cheapest first. */
  public Map<String, List<FoundDeployment>> fronts() {
    Map<String, List<FoundDeployment>> members = new TreeMap<>();
    fronts.forEach((model, front) -> members.put(model, front.members()));
    return members;
  }

  /** Of every question, how many meet the levels. */
  public Map<Integer, Long> feasible() {
    Map<Integer, Long> counts = new TreeMap<>();
    feasible.forEach((question, count) -> counts.put(question, count[0]));
    return counts;
  }

  /** Of every question, how many do not, by what keeps them from it, in the order of limits. */
  public Map<Integer, Map<Reason, Count>> infeasible() {
    return new TreeMap<>(infeasible);
  }
}
