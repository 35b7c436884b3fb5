package io.headroom.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputVerificationTest {

  @ParameterizedTest
  @CsvSource({
    "0, 1",
    "0, 2",
    "0, 7",
    "0, 8",
    "0, 9",
    "0, 10",
    "0, 15",
    "0, 2048",
    "5, 6",
    "5, 12",
    "5, 13",
    "5, 14",
    "2048, 2064",
    "0, 2147483647",
    "2147483000, 2147483647"
  })
  void positionsAreSpreadFromTheFirstToTheLast(int from, int to) {
    int[] positions = OutputVerification.spread(from, to).toArray();

    assertThat(positions).hasSize(Math.min(8, to - from));
    assertThat(positions[0]).isEqualTo(from);
    assertThat(positions[positions.length - 1]).isEqualTo(to - 1);
    assertThat(Arrays.stream(positions).distinct().toArray()).isEqualTo(positions);
    assertThat(positions).isSorted();
  }

  @Test
  void noPositionsOfNone() {
    assertThat(OutputVerification.spread(5, 5)).isEmpty();
  }
}
