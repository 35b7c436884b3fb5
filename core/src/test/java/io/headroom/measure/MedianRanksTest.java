package io.headroom.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MedianRanksTest {
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4, 5})
  void fewSamplesTellNoInterval(long samples) {
    assertThat(MedianRanks.lower(samples)).isEmpty();
  }

  /** The tables of the sign test: Conover, Practical Nonparametric Statistics, A3. */
  @ParameterizedTest
  @CsvSource({"6, 1", "8, 1", "9, 2", "11, 2", "12, 3", "15, 4", "16, 4", "20, 6", "50, 18"})
  void ranksAreThoseOfTheTables(long samples, long rank) {
    assertThat(MedianRanks.lower(samples)).hasValue(rank);
  }

  /** The largest rank with at most 2.5 % below it, counted in whole numbers. */
  @Test
  void ranksAreThoseOfTheBinomialDistribution() {
    for (int samples = 6; samples <= 700; samples++) {
      assertThat(MedianRanks.lower(samples)).as("%d", samples).hasValue(counted(samples));
    }
    assertThat(MedianRanks.lower(3_001)).hasValue(counted(3_001));
  }

  private static long counted(int samples) {
    BigInteger all = BigInteger.TWO.pow(samples);
    BigInteger ways = BigInteger.ONE;
    BigInteger below = BigInteger.ZERO;
    int rank = 0;
    while (true) {
      below = below.add(ways);
      if (new BigDecimal(below).compareTo(new BigDecimal(all).multiply(new BigDecimal("0.025")))
          > 0) {
        return rank;
      }
      ways = ways.multiply(BigInteger.valueOf(samples - rank)).divide(BigInteger.valueOf(rank + 1));
      rank++;
    }
  }

  /** The normal approximation is off by far less than this for so many. */
  @ParameterizedTest
  @ValueSource(longs = {1_000_000, 1_000_000_007})
  void ofVeryManySamplesToo(long samples) {
    double approximate = samples / 2.0 - 1.959964 * Math.sqrt(samples) / 2;

    assertThat((double) MedianRanks.lower(samples).orElseThrow())
        .isBetween(approximate - 2, approximate + 2);
  }
}
