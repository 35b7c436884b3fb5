package io.headroom.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.attention.OutputError;
import io.headroom.kvcache.HeadTensor;
import io.headroom.testkit.GaussianTensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearProjectionTest {
  /** Measured were up to 1.6e-7. */
  private static final double MOST_ERROR = 4e-7;

  @Test
  void multipliesAndAdds() {
    LinearProjection projection =
        new LinearProjection(3, 2, new float[] {1, 2, 3, 4, 5, 6}, new float[] {10, 20});

    assertThat(projection.apply(new float[] {1, 0, -1, 2, 2, 2}, 2)).containsExactly(8, 18, 22, 50);
  }

  /** Over the bounds of blocks, in both directions, and for odd ends of them. */
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "2, 3, 3",
    "5, 33, 2",
    "3, 31, 255",
    "2, 32, 256",
    "4, 35, 257",
    "1, 576, 600",
    "7, 1536, 300",
    "9, 100, 1024"
  })
  void sumsAreExactButForSomeRoundings(int count, int inputs, int outputs) {
    GaussianTensors random = new GaussianTensors(inputs);
    float[] weight = random.next(1, outputs, inputs).data();
    float[] bias = random.next(1, 1, outputs).data();
    float[] rows = random.next(1, count, inputs).data();

    float[] unbiased =
        new LinearProjection(inputs, outputs, weight, new float[0]).apply(rows, count);
    float[] biased = new LinearProjection(inputs, outputs, weight, bias).apply(rows, count);

    float[] expectedUnbiased = new float[count * outputs];
    float[] expectedBiased = new float[count * outputs];
    for (int i = 0; i < expectedBiased.length; i++) {
      double sum = 0;
      for (int input = 0; input < inputs; input++) {
        sum += (double) weight[i % outputs * inputs + input] * rows[i / outputs * inputs + input];
      }
      expectedUnbiased[i] = (float) sum;
      expectedBiased[i] = (float) (sum + bias[i % outputs]);
    }
    assertThat(OutputError.between(unbiased, expectedUnbiased).relativeL2()).isLessThan(MOST_ERROR);
    assertThat(OutputError.between(biased, expectedBiased).relativeL2()).isLessThan(MOST_ERROR);
  }

  @Test
  void weightsComeOutAsTheyWentIn() {
    float[] weight = new GaussianTensors(1).next(1, 515, 37).data();

    assertThat(new LinearProjection(37, 515, weight, new float[0]).weight()).isEqualTo(weight);
  }

  @Test
  void shapesMustFit() {
    assertThatThrownBy(() -> new LinearProjection(3, 2, new float[5], new float[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a projection of 3 to 2 needs 2 times 3 weights: 5");
    assertThatThrownBy(() -> new LinearProjection(3, 2, new float[6], new float[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bias must have 2 numbers or none: 3");
    assertThatThrownBy(
            () -> new LinearProjection(3, 2, new float[6], new float[0]).apply(new float[4], 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1 rows of 3 needed: 4 numbers");
  }

  @Test
  void poolingToTheSameNumberIsIdentity() {
    LinearProjection projection =
        new LinearProjection(
            5,
            12,
            new GaussianTensors(1).next(1, 12, 5).data(),
            new GaussianTensors(2).next(1, 1, 12).data());

    for (HeadPooling pooling : HeadPooling.values()) {
      LinearProjection pooled = pooling.pool(projection, 4, 4);
      assertThat(pooled.weight()).isEqualTo(projection.weight());
      assertThat(pooled.bias()).isEqualTo(projection.bias());
    }
  }

  @Test
  void poolsHeadsThatLieSideBySide() {
    LinearProjection projection =
        new LinearProjection(
            1,
            8,
            new float[] {1, 2, 3, 4, 10, 20, 30, 40},
            new float[] {0, 2, 4, 6, 8, 10, 12, 14});

    LinearProjection mean = HeadPooling.MEAN.pool(projection, 4, 2);
    LinearProjection first = HeadPooling.FIRST.pool(projection, 4, 2);

    assertThat(mean.weight()).containsExactly(2, 3, 20, 30);
    assertThat(mean.bias()).containsExactly(1 + 1, 3 + 1, 10, 12);
    assertThat(first.weight()).containsExactly(1, 2, 10, 20);
    assertThat(first.bias()).containsExactly(0, 2, 8, 10);
    assertThat(HeadPooling.MEAN.pool(projection, 4, 1).weight()).containsExactly(11, 16.5f);
    assertThatThrownBy(() -> HeadPooling.MEAN.pool(projection, 3, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("heads must divide the 8 outputs: 3");
  }

  @Test
  void rmsNormDividesByTheRootMeanSquare() {
    HeadTensor rows = HeadTensor.of(new float[] {3, 4, 0, 0, 1, 1, 1, 1}, 2, 1, 4);

    new RmsNorm(new float[] {1, 1, 2, 2}, 0).normalise(rows);

    assertThat(rows.data()).containsExactly(new float[] {1.2f, 1.6f, 0, 0, 1, 1, 2, 2});
    assertThatThrownBy(() -> new RmsNorm(new float[3], 0).normalise(rows))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rows must have 3 channels: 4");
  }
}
