package io.headroom.jobs.report;

import io.headroom.UserException;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.results.Manifest;
import io.headroom.jobs.results.ResultsKind;
import io.headroom.jobs.results.WrittenResults;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The results of one sweep.
 *
 * @param name tells it from the others of a report
 * @param path as the user named it
 * @param measurements where the rows lie
 */
record SweepResults(String name, String path, Manifest manifest, String measurements) {

  /**
   * @throws UserException if it does not hold the results of a sweep
   */
  static SweepResults read(String name, String path) {
    WrittenResults results =
        WrittenResults.read(
            path, ResultsKind.SWEEP, MeasurementTable.SCHEMA_VERSION, MeasurementTable.NAME);
    return new SweepResults(name, path, results.manifest(), results.table());
  }

  /** All rows, in the columns of {@link MeasurementTable} but for the histograms, the largest. */
  Dataset<Row> rows(SparkSession spark) {
    return spark
        .read()
        .schema(MeasurementTable.SCHEMA)
        .parquet(measurements)
        .drop("prefill_histogram", "decode_histogram");
  }
}
