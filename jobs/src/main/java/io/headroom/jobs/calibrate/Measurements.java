package io.headroom.jobs.calibrate;

import io.headroom.UserException;
import io.headroom.plan.accelerator.DataSheet;
import io.headroom.plan.accelerator.KernelFamily;
import io.headroom.plan.accelerator.MeasuredCall;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;

/**
 * What was measured of one accelerator.
 *
 * @param provenance where the rows of a family are from
 */
record Measurements(
    DataSheet sheet,
    SortedMap<KernelFamily, List<MeasuredCall>> tables,
    SortedMap<String, String> provenance) {

  /** Checks before anything starts what the name of the accelerator has to do with the folder. */
  static void requireName(Path folder, String accelerator, List<String> lenders) {
    if (!SweepMeasurements.isIn(folder)) {
      MeasuredTables.sheet("--gpu", accelerator);
      return;
    }
    SweepMeasurements.requireName(accelerator);
    if (!lenders.isEmpty()) {
      throw new UserException(
          "--from: accelerators lend a host nothing; allowed: none with a sweep's results: %s"
              .formatted(String.join(",", lenders)));
    }
  }

  /** Of an accelerator of which the data sheet alone is known. */
  static Measurements none(DataSheet sheet) {
    return new Measurements(sheet, new TreeMap<>(), new TreeMap<>());
  }

  /**
   * The tables of the accelerator in the folder, or the rows of the sweep whose results are there.
   *
   * @throws UserException if it holds neither, or they cannot be right
   */
  static Measurements read(Path folder, String accelerator, SparkSession spark) {
    if (SweepMeasurements.isIn(folder)) {
      return SweepMeasurements.read(folder, accelerator, spark);
    }
    return new Measurements(
        MeasuredTables.sheet("--gpu", accelerator),
        MeasuredTables.read(folder, accelerator, spark),
        MeasuredTables.provenance(folder, accelerator));
  }
}
