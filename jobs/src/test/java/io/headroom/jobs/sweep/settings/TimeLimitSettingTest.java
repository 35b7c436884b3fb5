package io.headroom.jobs.sweep.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.sweep.cells.Sweeps;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeLimitSettingTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "layers = 1 | 600",
        "max-seconds-per-cell = 60 | 600",
        "max-seconds-per-cell = 61 | 610",
        "max-seconds-per-cell = 1000000 | 10000000",
        "time-limit-seconds = 0.25 | 0.25",
        "time-limit-seconds = 7, max-seconds-per-cell = 1000 | 7",
      })
  void isWhatIsGivenOrFarAboveTheTimeForSamples(String measure, double seconds) {
    SweepSettings settings =
        Sweeps.settings("models = [qwen2-0.5b]\nmeasure { %s }".formatted(measure));

    assertThat(settings.timeLimitSeconds()).isEqualTo(seconds);
  }
}
