package io.headroom.jobs.plan.rows;

import io.headroom.plan.search.FoundDeployment;
import io.headroom.plan.search.SearchTally;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A deployment that is simulated.
 *
 * @param rank among those of its question, from 1
 */
public record ChosenDeployment(long number, int rank) implements Serializable {

  /**
   * The best of every question, cheapest first, then the second best of every question, and so on.
   *
   * @param most how many
   */
  public static List<ChosenDeployment> of(SearchTally tally, int most) {
    List<List<FoundDeployment>> questions = new ArrayList<>(tally.best().values());
    List<ChosenDeployment> chosen = new ArrayList<>();
    int deepest = questions.stream().mapToInt(List::size).max().orElse(0);
    for (int rank = 0; rank < deepest && chosen.size() < most; rank++) {
      int place = rank;
      questions.stream()
          .filter(found -> found.size() > place)
          .map(found -> found.get(place))
          .sorted(
              Comparator.comparingDouble(FoundDeployment::cost)
                  .thenComparing(FoundDeployment.BEST_FIRST))
          .limit(most - chosen.size())
          .forEach(found -> chosen.add(new ChosenDeployment(found.number(), place + 1)));
    }
    return chosen;
  }
}
