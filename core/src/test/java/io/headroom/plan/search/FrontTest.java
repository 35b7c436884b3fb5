package io.headroom.plan.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrontTest {
  @Test
  void holdsThoseThatNoOtherDominates() {
    Random random = new Random(5);
    for (int round = 0; round < 50; round++) {
      List<FoundDeployment> all = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        all.add(found(i, random.nextInt(6), random.nextInt(6), random.nextInt(3)));
      }
      List<FoundDeployment> expected =
          all.stream()
              .filter(one -> all.stream().noneMatch(other -> other.dominates(one)))
              .sorted(FoundDeployment.BEST_FIRST)
              .toList();
      Collections.shuffle(all, random);
      Front front = new Front();
      all.forEach(front::add);

      assertThat(front.members()).isEqualTo(expected).isNotEmpty();
    }
  }

  @Test
  void ofEqualOnesTheFirstStays() {
    Front front = new Front();
    front.add(found(7, 1, 1, 1));
    front.add(found(3, 1, 1, 1));

    assertThat(front.members()).containsExactly(found(3, 1, 1, 1));
  }

  static FoundDeployment found(long number, double cost, double tpotMillis, double kvSaving) {
    return new FoundDeployment(number, cost, (long) cost, 1, tpotMillis, kvSaving);
  }
}
