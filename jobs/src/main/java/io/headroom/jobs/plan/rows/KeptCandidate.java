package io.headroom.jobs.plan.rows;

import io.headroom.jobs.deployments.CandidateStatus;
import io.headroom.plan.search.FoundDeployment;
import io.headroom.plan.search.Reason;
import io.headroom.plan.search.SearchTally;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What becomes a row of candidates.
 *
 * @param number of the deployment; of those that are counted the first
 * @param status see {@link CandidateStatus}
 * @param rank among those of its question, from 1; 0 of those that are counted
 * @param count 1, or how many are counted
 */
public record KeptCandidate(long number, String status, int rank, long count)
    implements Serializable {

  /** The best of every question, and how many others there are of each, by number. */
  public static List<KeptCandidate> candidates(SearchTally tally) {
    List<KeptCandidate> kept = new ArrayList<>();
    Map<Integer, Long> feasible = tally.feasible();
    tally
        .best()
        .forEach(
            (question, found) -> {
              for (int i = 0; i < found.size(); i++) {
                kept.add(of(found.get(i), i + 1));
              }
              long others = feasible.get(question) - found.size();
              if (others > 0) {
                long best = found.get(0).number();
                kept.add(new KeptCandidate(best, CandidateStatus.NOT_KEPT, 0, others));
              }
            });
    for (Map<Reason, SearchTally.Count> counts : tally.infeasible().values()) {
      for (SearchTally.Count count : counts.values()) {
        kept.add(new KeptCandidate(count.first(), CandidateStatus.INFEASIBLE, 0, count.count()));
      }
    }
    return inOrder(kept);
  }

  /** The front of every model, by number. */
  public static List<KeptCandidate> front(SearchTally tally) {
    List<KeptCandidate> kept = new ArrayList<>();
    for (List<FoundDeployment> members : tally.fronts().values()) {
      for (int i = 0; i < members.size(); i++) {
        kept.add(of(members.get(i), i + 1));
      }
    }
    return inOrder(kept);
  }

  private static KeptCandidate of(FoundDeployment found, int rank) {
    return new KeptCandidate(found.number(), CandidateStatus.FEASIBLE, rank, 1);
  }

  /** Neighbours in the space share tables, and tables of results are sorted by what they say. */
  private static List<KeptCandidate> inOrder(List<KeptCandidate> kept) {
    kept.sort(
        Comparator.comparingLong(KeptCandidate::number)
            .thenComparing(KeptCandidate::status)
            .thenComparingInt(KeptCandidate::rank));
    return kept;
  }
}
