package io.headroom.jobs.testkit;

import io.headroom.jobs.measurements.MeasurementTable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Collects the values of one row of {@link MeasurementTable} by column name; what is not set is
 * null.
 */
public final class RowBuilder {
  private static final List<String> COLUMNS = Arrays.asList(MeasurementTable.SCHEMA.fieldNames());

  private final Map<String, Object> values = new LinkedHashMap<>();

  /**
   * @throws IllegalArgumentException if there is no such column
   */
  public RowBuilder set(String column, Object value) {
    if (!COLUMNS.contains(column)) {
      throw new IllegalArgumentException("no such column: " + column);
    }
    values.put(column, value);
    return this;
  }

  /** The row, in the order of the columns. */
  public Row build() {
    return RowFactory.create(COLUMNS.stream().map(values::get).toArray());
  }
}
