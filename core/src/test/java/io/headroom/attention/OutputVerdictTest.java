package io.headroom.attention;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutputVerdictTest {

  @ParameterizedTest
  @MethodSource("io.headroom.testkit.StoredFormats#all")
  void theToleranceItselfIsRightAndMoreIsNot(KvFormat precision) {
    double tolerance = OutputVerdict.tolerance(precision);

    assertThat(OutputVerdict.of(new OutputError(9, tolerance), precision).isRight()).isTrue();
    assertThat(OutputVerdict.of(new OutputError(0, Math.nextUp(tolerance)), precision).isRight())
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void whatIsNoNumberIsWrong(double error) {
    assertThat(OutputVerdict.of(new OutputError(error, error), KvPrecision.INT4).isRight())
        .isFalse();
  }

  @Test
  void theReasonTellsBoth() {
    assertThat(OutputVerdict.of(new OutputError(0.5, 2.1e-5), KvPrecision.F32).reason())
        .isEqualTo("relative L2 error 2.10e-05 against the reference; allowed: 2.00e-05");
  }
}
