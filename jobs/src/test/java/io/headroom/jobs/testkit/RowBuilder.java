package io.headroom.jobs.testkit;

import io.headroom.jobs.measurements.MeasurementTable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Collects the values of one row by column name, of {@link MeasurementTable} unless another is
 * given; what is not set is null.
 */
public final class RowBuilder {
  private final List<String> columns;
  private final Map<String, Object> values = new LinkedHashMap<>();

  public RowBuilder() {
    this(MeasurementTable.SCHEMA);
  }

  public RowBuilder(StructType schema) {
    columns = Arrays.asList(schema.fieldNames());
  }

  /**
   * @throws IllegalArgumentException if there is no such column
   */
  public RowBuilder set(String column, Object value) {
    if (!columns.contains(column)) {
      throw new IllegalArgumentException("no such column: " + column);
    }
    values.put(column, value);
    return this;
  }

  /** The row, in the order of the columns. */
  public Row build() {
    return RowFactory.create(columns.stream().map(values::get).toArray());
  }
}
