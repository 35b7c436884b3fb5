package io.headroom.jobs.sweep.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.sweep.cells.Sweeps;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SweepAxesTest {

  /** A list that is not counted would let a few lines ask for more cells than a driver can name. */
  @Test
  void everyListOfTheSettingsIsCounted() {
    SweepSettings settings = Sweeps.settings("models = [qwen2-0.5b]");

    Set<String> lists =
        Arrays.stream(SweepSettings.class.getRecordComponents())
            .filter(component -> component.getType() == List.class)
            .map(component -> component.getName())
            .collect(Collectors.toSet());

    assertThat(lists).hasSize(9).contains("contextShards");
    assertThat(settings.axes()).hasSameSizeAs(lists);
    assertThat(SweepSize.cells(settings)).isEqualTo(1);
    assertThat(
            SweepSize.cells(
                Sweeps.settings(
                    "models = [qwen2-0.5b], kv-heads = [mha, mqa], threads = [1, 2, 3]")))
        .isEqualTo(6);
  }
}
