package io.headroom.jobs.report;

import io.headroom.UserException;
import io.headroom.jobs.cli.LocalAddress;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.results.Manifest;
import io.headroom.jobs.results.ResultsFolder;
import io.headroom.jobs.results.ResultsKind;
import io.headroom.jobs.results.WrittenResults;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  static List<SweepResults> readAll(List<String> addresses) {
    List<String> paths = addresses.stream().map(SweepResults::path).toList();
    requireDifferent(paths);
    List<String> names = FolderNames.of(paths);
    List<SweepResults> folders = new ArrayList<>();
    for (int i = 0; i < paths.size(); i++) {
      folders.add(read(names.get(i), paths.get(i)));
    }
    return List.copyOf(folders);
  }

  /** A local folder's path, whichever way it was written; that of a store as it is. */
  private static String path(String address) {
    return LocalAddress.isAddress(address) ? LocalAddress.path("DIR", address).toString() : address;
  }

  private static void requireDifferent(List<String> paths) {
    Map<String, String> seen = new HashMap<>();
    for (String path : paths) {
      String same = ResultsFolder.at(path, ResultsKind.SWEEP).toString();
      String before = seen.put(same, path);
      if (before != null) {
        throw new UserException(
            "%s and %s are one folder; allowed: each folder once".formatted(before, path));
      }
    }
  }

  private static SweepResults read(String name, String path) {
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
