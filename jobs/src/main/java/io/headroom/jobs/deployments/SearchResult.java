package io.headroom.jobs.deployments;

import io.headroom.plan.search.Reason;
import io.headroom.plan.search.SearchTally;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a search came to, as the manifest has it.
 *
 * @param feasible candidates that meet the service levels
 * @param infeasible candidates that do not, by what keeps them from it
 */
public record SearchResult(long feasible, Map<String, Long> infeasible) {
  public static SearchResult of(SearchTally tally) {
    Map<String, Long> infeasible = new TreeMap<>();
    for (Map<Reason, SearchTally.Count> counts : tally.infeasible().values()) {
      counts.forEach(
          (reason, count) -> infeasible.merge(reason.limit().label(), count.count(), Long::sum));
    }
    long feasible = tally.feasible().values().stream().mapToLong(Long::longValue).sum();
    return new SearchResult(feasible, infeasible);
  }
}
