package io.headroom.jobs.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.plan.accelerator.DataSheet;
import io.headroom.plan.accelerator.KernelFamily;
import io.headroom.plan.accelerator.MeasuredCall;
import io.headroom.testkit.SharedData;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableUnitsTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  /** No true table is near what is refused: another unit is a factor of 1,000. */
  @ParameterizedTest
  @ValueSource(strings = {"a100_sxm", "h100_sxm", "l40s"})
  void measuredTablesAreOfTheRightUnits(String accelerator) {
    DataSheet sheet = DataSheet.named(accelerator).orElseThrow();
    Path folder = SharedData.require("measured");

    SortedMap<KernelFamily, List<MeasuredCall>> tables =
        MeasuredTables.read(folder, accelerator, SPARK.session());

    assertThat(tables).hasSize(KernelFamily.values().length);
    tables.forEach(
        (family, measured) -> {
          assertThat(TableUnits.medianOfIdeal(family, measured, sheet))
              .as("%s %s", accelerator, family)
              .isBetween(5 * TableUnits.LEAST_OF_IDEAL, TableUnits.MOST_OF_IDEAL / 5);
          assertThatCode(() -> TableUnits.require(folder, family, measured, sheet))
              .doesNotThrowAnyException();
        });
  }
}
