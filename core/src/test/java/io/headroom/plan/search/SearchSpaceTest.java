package io.headroom.plan.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SearchSpaceTest {
  private static final SearchSpace SPACE =
      SearchFixture.space(
          List.of(
              SearchFixture.variant("llama-3.1-8b", "model"),
              SearchFixture.variant("llama-3.1-8b", "mqa")),
          List.of("l40s", "h100_sxm"),
          List.of(1, 2, 4),
          List.of(false, true));

  @Test
  void everyNumberIsAnotherCombination() {
    Set<SearchSpace.Choice> choices = new HashSet<>();
    for (long number = 0; number < SPACE.size(); number++) {
      choices.add(SPACE.at(number));
    }

    assertThat(SPACE.size()).isEqualTo(2 * 2 * 3 * 2 * 2 * 2 * 2);
    assertThat(choices).hasSize((int) SPACE.size());
  }

  @Test
  void theNextChoiceIsThatOfTheNextNumber() {
    for (long number = 1; number < SPACE.size(); number++) {
      assertThat(SPACE.next(number, SPACE.at(number - 1))).isEqualTo(SPACE.at(number));
    }
  }
}
