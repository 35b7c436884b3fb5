package io.headroom.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headroom.kvcache.HeadTensor;
import io.headroom.testkit.GaussianTensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinearProjectionTest {
  private static final float ROUNDED_ONCE = 1e-6f;

  @Test
  void multipliesAndAdds() {
    LinearProjection projection =
        new LinearProjection(3, 2, new float[] {1, 2, 3, 4, 5, 6}, new float[] {10, 20});

    assertThat(projection.apply(new float[] {1, 0, -1, 2, 2, 2}, 2)).containsExactly(8, 18, 22, 50);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 13, 33, 100})
  void sumsAreExactButForOneRounding(int inputs) {
    GaussianTensors random = new GaussianTensors(inputs);
    float[] weight = random.next(1, 3, inputs).data();
    float[] row = random.next(1, 1, inputs).data();

    float[] projected = new LinearProjection(inputs, 3, weight, new float[0]).apply(row, 1);

    for (int output = 0; output < 3; output++) {
      double sum = 0;
      for (int i = 0; i < inputs; i++) {
        sum += (double) weight[output * inputs + i] * row[i];
      }
      assertThat(projected[output]).isCloseTo((float) sum, within(ROUNDED_ONCE));
    }
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
