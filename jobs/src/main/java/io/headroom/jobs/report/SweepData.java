package io.headroom.jobs.report;

import io.headroom.UserException;
import io.headroom.jobs.measurements.Axis;
import io.headroom.jobs.measurements.LengthBins;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What a page shows of sweeps.
 *
 * @param page by the names that the page's scripts have for it
 * @param rows measured or not, of all sweeps
 * @param points of the charts
 */
record SweepData(Map<String, Object> page, long rows, int points) {
  /** Of all folders together. */
  static final int MOST_POINTS = 6_000;

  private static final int MOST_CONFIGURATIONS = 4_000;
  private static final int MOST_REASONS = 200;

  /**
   * @throws UserException if measurements cannot be read
   */
  static SweepData read(List<SweepResults> folders, SparkSession spark) {
    List<Dataset<Row>> rows = folders.stream().map(folder -> folder.rows(spark).cache()).toList();
    try {
      return TableReading.of(
          "measurements",
          folders.stream().map(SweepResults::path).toList(),
          () -> read(folders, ModelLabels.toldApart(folders, rows)));
    } finally {
      rows.forEach(Dataset::unpersist);
    }
  }

  private static SweepData read(List<SweepResults> folders, List<Dataset<Row>> rows) {
    LengthBins bins = rows.isEmpty() ? LengthBins.EXACT : LengthBins.of(rows);
    List<Map<String, Object>> described = new ArrayList<>();
    FolderRows points = new FolderRows();
    FolderRows trust = new FolderRows();
    FolderRows reasons = new FolderRows();
    long allRows = 0;
    for (int i = 0; i < folders.size(); i++) {
      int mostPoints = Math.max(1, MOST_POINTS / folders.size());
      int mostConfigurations = Math.max(1, MOST_CONFIGURATIONS / folders.size());
      Dataset<Row> measurements = rows.get(i);
      long count = measurements.count();
      allRows += count;
      boolean whole = points.add(i, PointTable.of(measurements, bins, mostPoints + 1), mostPoints);
      boolean wholeTrust =
          trust.add(i, TrustTable.counts(measurements, mostConfigurations + 1), mostConfigurations);
      boolean wholeReasons =
          reasons.add(i, TrustTable.reasons(measurements, MOST_REASONS + 1), MOST_REASONS);
      Map<String, Object> description = describe(folders.get(i));
      description.put("rows", count);
      description.put("points_left_out", !whole);
      description.put("trust_left_out", !wholeTrust);
      description.put("reasons_left_out", !wholeReasons);
      described.add(description);
    }
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("lengths", bins.name());
    page.put("configuration", Axis.allColumns());
    page.put("conditions", PageConditions.all());
    page.put("folders", described);
    page.put("points", points.asMap());
    page.put("trust", trust.asMap());
    page.put("reasons", reasons.asMap());
    return new SweepData(page, allRows, points.size());
  }

  private static Map<String, Object> describe(SweepResults folder) {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("name", folder.name());
    description.put("path", folder.path());
    description.put("manifest", ManifestExcerpt.of(folder.manifest()));
    return description;
  }
}
