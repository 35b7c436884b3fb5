package io.headroom.jobs.plan.rows;

import io.headroom.plan.search.FoundDeployment;
import io.headroom.plan.search.SearchTally;
import java.util.ArrayList;
import java.util.List;

/** Which deployments are simulated. */
public final class ChosenDeployments {
  private ChosenDeployments() {}

  /**
   * The numbers of the best of every question, cheapest first, then of the second best of every
   * question, and so on.
   *
   * @param most how many
   */
  public static List<Long> of(SearchTally tally, int most) {
    List<List<FoundDeployment>> questions = new ArrayList<>(tally.best().values());
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
}
