package io.headroom.kvcache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeapArraysTest {

  /** Regions of 1 MiB: 131,068 floats and a header of 16 bytes are half of one. */
  @ParameterizedTest
  @CsvSource({
    "0, 16",
    "10, 56",
    "131068, 524288",
    "131069, 1048576",
    "262140, 1048576",
    "262141, 2097152",
    "2147483639, 8589934592"
  })
  void g1GivesLargeArraysWholeRegions(long floats, long bytes) {
    assertThat(HeapArrays.bytes(floats, Float.BYTES, 1 << 20)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({"0, 16", "131069, 524292", "2147483639, 8589934572"})
  void othersGiveWhatIsAskedFor(long floats, long bytes) {
    assertThat(HeapArrays.bytes(floats, Float.BYTES, 0)).isEqualTo(bytes);
  }
}
