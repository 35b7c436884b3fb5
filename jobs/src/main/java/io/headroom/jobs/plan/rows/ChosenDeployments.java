package io.headroom.jobs.plan.rows;

import io.headroom.plan.search.FoundDeployment;
import io.headroom.plan.search.SearchSpace;
import io.headroom.plan.search.SearchTally;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which deployments are simulated. */
public final class ChosenDeployments {
  private ChosenDeployments() {}

  /**
   * The numbers of the best of every question, cheapest first, then of the second best of every
   * question, and so on. Of deployments of a question that differ in little more than how many
   * sequences or how much memory the engine may take, the best stands for all.
   *
   * @param space in which the tally's deployments have their numbers
   * @param most how many
   */
  public static List<Long> of(SearchTally tally, SearchSpace space, int most) {
    List<List<FoundDeployment>> questions =
        tally.best().values().stream().map(found -> unlike(found, space)).toList();
    List<Long> chosen = new ArrayList<>();
    int deepest = questions.stream().mapToInt(List::size).max().orElse(0);
    for (int rank = 0; rank < deepest && chosen.size() < most; rank++) {
      int place = rank;
      questions.stream()
          .filter(found -> found.size() > place)
          .map(found -> found.get(place))
          .sorted(FoundDeployment.BEST_FIRST)
          .limit(most - chosen.size())
          .forEach(found -> chosen.add(found.number()));
    }
    return chosen;
  }

  private static List<FoundDeployment> unlike(List<FoundDeployment> found, SearchSpace space) {
    Set<List<Integer>> known = new HashSet<>();
    return found.stream().filter(one -> known.add(kind(space.at(one.number())))).toList();
  }

  private static List<Integer> kind(SearchSpace.Choice choice) {
    return List.of(
        choice.parallelism(), choice.weights(), choice.batchedTokens(), choice.disaggregated());
  }
}
