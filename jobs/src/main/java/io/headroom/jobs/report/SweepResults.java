package io.headroom.jobs.report;

import io.headroom.UserException;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.results.Manifest;
import io.headroom.jobs.results.ResultsFolder;
import io.headroom.jobs.results.ResultsKind;
import java.util.ArrayList;
import java.util.List;
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
   * @throws UserException if one of them does not hold the results of a sweep
   */
  static List<SweepResults> readAll(List<String> paths) {
    List<String> names = FolderNames.of(paths);
    List<SweepResults> folders = new ArrayList<>();
    for (int i = 0; i < paths.size(); i++) {
      folders.add(read(names.get(i), paths.get(i)));
    }
    return List.copyOf(folders);
  }

  private static SweepResults read(String name, String path) {
    ResultsFolder folder = ResultsFolder.at(path, ResultsKind.SWEEP);
    if (!folder.exists()) {
      throw new UserException("%s: no such folder".formatted(path));
    }
    Manifest manifest =
        folder
            .manifest()
            .orElseThrow(
                () ->
                    new UserException(
                        "%s: holds no manifest.json; allowed: the results of a sweep"
                            .formatted(path)));
    Integer version = manifest.run().schemaVersion();
    if (version == null || version != MeasurementTable.SCHEMA_VERSION) {
      throw new UserException(
          "%s: manifest.json: schema_version = %s; allowed: %d, as sweeps of this version write it"
              .formatted(
                  path, version == null ? "missing" : version, MeasurementTable.SCHEMA_VERSION));
    }
    String measurements =
        folder
            .table("measurements")
            .orElseThrow(
                () ->
                    new UserException(
                        "%s: holds no measurements; allowed: the results of a sweep"
                            .formatted(path)));
    return new SweepResults(name, path, manifest, measurements);
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
