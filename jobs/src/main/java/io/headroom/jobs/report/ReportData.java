package io.headroom.jobs.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.headroom.MessageLine;
import io.headroom.UserException;
import io.headroom.jobs.measurements.Axis;
import io.headroom.jobs.measurements.LengthBins;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What a page shows, aggregated: however many rows there are, it is of bounded size.
 *
 * @param json one object, without what would end a script element
 * @param rows measured or not, of all folders
 * @param points of the charts
 */
record ReportData(String json, long rows, int points) {
  /** Of all folders together. */
  static final int MOST_POINTS = 6_000;

  private static final int MOST_CONFIGURATIONS = 4_000;
  private static final int MOST_REASONS = 200;

  private static final ObjectMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /**
   * @throws UserException if measurements cannot be read
   */
  static ReportData read(List<SweepResults> folders, SparkSession spark) {
    List<Dataset<Row>> rows = folders.stream().map(folder -> folder.rows(spark).cache()).toList();
    try {
      return read(folders, ModelLabels.toldApart(folders, rows));
    } catch (Exception e) {
      // Spark throws checked exceptions that it does not declare.
      Optional<UserException> mistake = unreadable(e, folders);
      if (mistake.isPresent()) {
        throw mistake.get();
      }
      throw e;
    } finally {
      rows.forEach(Dataset::unpersist);
    }
  }

  private static ReportData read(List<SweepResults> folders, List<Dataset<Row>> rows) {
    LengthBins bins = LengthBins.of(rows);
    int mostPoints = Math.max(1, MOST_POINTS / folders.size());
    int mostConfigurations = Math.max(1, MOST_CONFIGURATIONS / folders.size());
    List<Map<String, Object>> described = new ArrayList<>();
    Columns points = new Columns();
    Columns trust = new Columns();
    Columns reasons = new Columns();
    long allRows = 0;
    for (int i = 0; i < folders.size(); i++) {
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
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("lengths", bins.name());
    data.put("configuration", Axis.allColumns());
    data.put("conditions", PageConditions.all());
    data.put("folders", described);
    data.put("points", points.asMap());
    data.put("trust", trust.asMap());
    data.put("reasons", reasons.asMap());
    return new ReportData(escaped(data), allRows, points.size());
  }

  private static Map<String, Object> describe(SweepResults folder) {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("name", folder.name());
    description.put("path", folder.path());
    description.put("manifest", ManifestExcerpt.of(folder.manifest()));
    return description;
  }

  /** {@code <} could begin the end of a script element; in JSON it stands in strings alone. */
  private static String escaped(Map<String, Object> data) {
    try {
      return JSON.writeValueAsString(data).replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report is made of plain values", e);
    }
  }

  /** Spark wraps what it could not read. */
  private static Optional<UserException> unreadable(Exception thrown, List<SweepResults> folders) {
    return ExceptionUtils.getThrowableList(thrown).stream()
        .filter(ReportData::isUnreadableFile)
        .findFirst()
        .map(
            cause ->
                new UserException(
                    "%s: measurements cannot be read: %s"
                        .formatted(
                            String.join(", ", folders.stream().map(SweepResults::path).toList()),
                            MessageLine.first(cause.getMessage())),
                    thrown));
  }

  private static boolean isUnreadableFile(Throwable cause) {
    return cause instanceof SparkThrowable fault
        && String.valueOf(fault.getCondition()).startsWith("FAILED_READ_FILE");
  }

  /** Rows of several folders under one list of columns. */
  private static final class Columns {
    private final List<List<Object>> rows = new ArrayList<>();
    private List<String> names = List.of();

    /** Adds the first rows; false if there were more. */
    boolean add(int folder, Dataset<Row> table, int most) {
      List<String> all = new ArrayList<>(List.of("folder"));
      all.addAll(List.of(table.columns()));
      names = all;
      List<Row> collected = table.collectAsList();
      for (Row row : collected.subList(0, Math.min(most, collected.size()))) {
        List<Object> values = new ArrayList<>();
        values.add(folder);
        for (int i = 0; i < row.size(); i++) {
          Object value = row.get(i);
          values.add(value instanceof Double number ? compact(number) : value);
        }
        rows.add(values);
      }
      return collected.size() <= most;
    }

    int size() {
      return rows.size();
    }

    Map<String, Object> asMap() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("columns", names);
      map.put("rows", rows);
      return map;
    }

    /** Whole numbers lose their point, others all digits behind a float's; NaN is null. */
    private static Number compact(double value) {
      if (!Double.isFinite(value)) {
        return null;
      }
      if (value == Math.rint(value) && Math.abs(value) < 1L << 53) {
        return (long) value;
      }
      return (float) value;
    }
  }
}
