package io.headroom.kvcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalfPrecisionTest {

  @Test
  void everyBitPatternSurvivesTheRoundTrip() {
    for (int i = 0; i < 1 << 16; i++) {
      short bits = (short) i;
      assertSame(Float16.toFloat(bits), bits, Float16.fromFloat(Float16.toFloat(bits)));
      assertSame(Bfloat16.toFloat(bits), bits, Bfloat16.fromFloat(Bfloat16.toFloat(bits)));
    }
  }

  private static void assertSame(float value, short bits, short roundTrip) {
    if (Float.isNaN(value)) {
      assertThat(
              Float.isNaN(Float16.toFloat(roundTrip)) || Float.isNaN(Bfloat16.toFloat(roundTrip)))
          .isTrue();
      return;
    }
    assertThat(roundTrip).isEqualTo(bits);
  }

  @ParameterizedTest
  @CsvSource({
    "1.0, 0x3C00",
    "-2.0, 0xC000",
    "65504, 0x7BFF",
    "65519.996, 0x7BFF",
    "65520, 0x7C00",
    "-1e9, 0xFC00",
    "6.103515625e-5, 0x0400",
    "5.9604645e-8, 0x0001",
    "2.9802322e-8, 0x0000",
    "2.9802326e-8, 0x0001",
    "8.940697e-8, 0x0002",
    "1.00048828125, 0x3C00",
    "1.0004884, 0x3C01",
    "1.00146484375, 0x3C02",
    "-0.0, 0x8000",
    "Infinity, 0x7C00"
  })
  void float16RoundsToNearestEven(float value, String bits) {
    assertThat(Float16.fromFloat(value)).isEqualTo(Integer.decode(bits).shortValue());
  }

  @ParameterizedTest
  @CsvSource({
    "1.0, 0x3F80",
    "1.00390625, 0x3F80",
    "1.0039064, 0x3F81",
    "1.01171875, 0x3F82",
    "3.4028235e38, 0x7F80",
    "-3.3895314e38, 0xFF7F",
    "1e-45, 0x0000",
    "-0.0, 0x8000",
    "-Infinity, 0xFF80"
  })
  void bfloat16RoundsToNearestEven(float value, String bits) {
    assertThat(Bfloat16.fromFloat(value)).isEqualTo(Integer.decode(bits).shortValue());
  }

  @Test
  void nearestMeansNoNeighbourIsNearer() {
    Random random = new Random(3);
    for (int i = 0; i < 200_000; i++) {
      float value = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(40) - 24));
      short half = Float16.fromFloat(value);
      if (Math.abs(value) < Float16.OVERFLOW) {
        double error = Math.abs((double) Float16.toFloat(half) - value);
        for (int neighbour = -1; neighbour <= 1; neighbour += 2) {
          float other = Float16.toFloat((short) (half + neighbour));
          if (Float.isFinite(other)) {
            assertThat(error).isLessThanOrEqualTo(Math.abs((double) other - value));
          }
        }
      }
    }
  }

  @Test
  void nanStaysNan() {
    float lowPayload = Float.intBitsToFloat(0x7F800001);
    assertThat(Float16.toFloat(Float16.fromFloat(lowPayload))).isNaN();
    assertThat(Bfloat16.toFloat(Bfloat16.fromFloat(lowPayload))).isNaN();
    assertThat(Float16.toFloat(Float16.fromFloat(Float.NaN))).isNaN();
    assertThat(Bfloat16.toFloat(Bfloat16.fromFloat(Float.NaN))).isNaN();
  }

  @Test
  void floorAndCeilingEncloseANumber() {
    Random random = new Random(5);
    for (int i = 0; i < 200_000; i++) {
      float value = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(250) - 145));
      float floor = Bfloat16.toFloat(Bfloat16.floor(value));
      assertThat(floor).isLessThanOrEqualTo(value);
      float ceiling = Bfloat16.toFloat(Bfloat16.ceiling(Math.abs((double) value)));
      assertThat(ceiling).isGreaterThanOrEqualTo(Math.abs(value));
      float fine = Math.max(Math.abs(value) / 64, 0x1p-132f);
      assertThat(value - floor).isLessThan(fine);
      assertThat(ceiling - Math.abs(value)).isLessThan(fine);
    }
  }
}
