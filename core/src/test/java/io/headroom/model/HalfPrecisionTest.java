package io.headroom.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfPrecisionTest {

  @Test
  void everyHalfSurvivesTheWayThroughFloat() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      short half = (short) bits;
      float f16 = HalfPrecision.fromF16(half);
      float bf16 = HalfPrecision.fromBf16(half);
      if (Float.isNaN(f16)) {
        assertThat(HalfPrecision.fromF16(HalfPrecision.toF16(f16))).isNaN();
      } else {
        assertThat(HalfPrecision.toF16(f16)).isEqualTo(half);
      }
      if (Float.isNaN(bf16)) {
        assertThat(HalfPrecision.fromBf16(HalfPrecision.toBf16(bf16))).isNaN();
      } else {
        assertThat(HalfPrecision.toBf16(bf16)).isEqualTo(half);
      }
    }
  }

  @Test
  void knownHalves() {
    assertThat(HalfPrecision.fromF16((short) 0x3c00)).isEqualTo(1);
    assertThat(HalfPrecision.fromF16((short) 0xc000)).isEqualTo(-2);
    assertThat(HalfPrecision.fromF16((short) 0x7bff)).isEqualTo(65504);
    assertThat(HalfPrecision.fromF16((short) 0x0001)).isEqualTo(0x1p-24f);
    assertThat(HalfPrecision.fromF16((short) 0x7c00)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(HalfPrecision.fromBf16((short) 0x3f80)).isEqualTo(1);
  }

  @Test
  void roundsToNearestTiesToEven() {
    assertThat(HalfPrecision.toF16(1 + 0x1p-11f)).isEqualTo((short) 0x3c00);
    assertThat(HalfPrecision.toF16(1 + 0x3p-11f)).isEqualTo((short) 0x3c02);
    assertThat(HalfPrecision.toF16(1 + 0x1.2p-11f)).isEqualTo((short) 0x3c01);
    assertThat(HalfPrecision.toF16(0x1p-25f)).isEqualTo((short) 0);
    assertThat(HalfPrecision.toF16(0x1.8p-24f)).isEqualTo((short) 2);
    assertThat(HalfPrecision.toF16(0x1.ffcp-15f)).isEqualTo((short) 0x0400);
    assertThat(HalfPrecision.toF16(65519)).isEqualTo((short) 0x7bff);
    assertThat(HalfPrecision.toF16(65520)).isEqualTo((short) 0x7c00);
    assertThat(HalfPrecision.toBf16(1 + 0x1p-8f)).isEqualTo((short) 0x3f80);
    assertThat(HalfPrecision.toBf16(1 + 0x3p-8f)).isEqualTo((short) 0x3f82);
    assertThat(HalfPrecision.toBf16(Float.MAX_VALUE)).isEqualTo((short) 0x7f80);
  }
}
