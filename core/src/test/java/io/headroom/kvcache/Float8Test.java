package io.headroom.kvcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Float8Test {
  /** What each code is, by the definition of its bits; NaN for two. */
  private static final double[] TABLE =
      IntStream.range(0, 256).mapToDouble(Float8Test::byDefinition).toArray();

  private static double byDefinition(int code) {
    int exponent = code / 8 % 16;
    int mantissa = code % 8;
    if (exponent == 15 && mantissa == 7) {
      return Double.NaN;
    }
    double size =
        exponent == 0
            ? mantissa / 8.0 * Math.pow(2, -6)
            : (1 + mantissa / 8.0) * Math.pow(2, exponent - 7);
    return code < 128 ? size : -size;
  }

  @Test
  void everyCodeIsWhatItsBitsSay() {
    for (int code = 0; code < 256; code++) {
      assertThat(Double.compare(Float8.toFloat((byte) code), TABLE[code]))
          .as("code %x", code)
          .isZero();
    }
    assertThat(TABLE[0x7E]).isEqualTo(448);
    assertThat(TABLE[0x01]).isEqualTo(0x1p-9);
    assertThat(1 / TABLE[0x80]).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void everyCodeSurvivesTheRoundTrip() {
    for (int code = 0; code < 256; code++) {
      if (!Double.isNaN(TABLE[code])) {
        assertThat(Float8.fromFloat((float) TABLE[code])).isEqualTo((byte) code);
      }
    }
    assertThat(Float8.toFloat(Float8.fromFloat(Float.NaN))).isNaN();
  }

  /** The nearest of all codes, by looking at each; of two as near, the even one. */
  @Test
  void roundsToTheNearestCode() {
    Random random = new Random(5);
    for (int round = 0; round < 20_000; round++) {
      float number = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(22) - 12));
      assertThat(Float8.fromFloat(number)).as("%s", number).isEqualTo((byte) nearest(number));
    }
    for (int code = 0; code < 0x7E; code++) {
      float middle = (float) ((TABLE[code] + TABLE[code + 1]) / 2);
      assertThat(Float8.fromFloat(middle)).isEqualTo((byte) (code + code % 2));
      assertThat(Float8.fromFloat(Math.nextUp(middle))).isEqualTo((byte) (code + 1));
      assertThat(Float8.fromFloat(Math.nextDown(middle))).isEqualTo((byte) code);
    }
  }

  private static int nearest(float number) {
    int nearest = 0;
    for (int code = 1; code < 0x7F; code++) {
      double difference =
          Math.abs(TABLE[code] - Math.abs(number)) - Math.abs(TABLE[nearest] - Math.abs(number));
      if (difference < 0 || (difference == 0 && code % 2 == 0)) {
        nearest = code;
      }
    }
    return number < 0 ? nearest | 0x80 : nearest;
  }

  @ParameterizedTest
  @CsvSource({
    "448, 0x7E",
    "447.9, 0x7E",
    "431.9, 0x7D",
    "432, 0x7E",
    "1e30, 0x7E",
    "Infinity, 0x7E",
    "-Infinity, 0xFE",
    "-500, 0xFE",
    "0.0009765625, 0x00",
    "0.0009765626, 0x01",
    "-1e-40, 0x80",
    "0.0151, 0x08"
  })
  void saturatesAndUnderflows(float number, String code) {
    assertThat(Float8.fromFloat(number)).isEqualTo(Integer.decode(code).byteValue());
  }
}
