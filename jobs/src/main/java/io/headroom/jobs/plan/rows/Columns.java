package io.headroom.jobs.plan.rows;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/** The columns of a table, and which value of a thing each has; any may be null. */
final class Columns<T> {
  private record Column<T>(DataType type, Function<T, Object> value) {}

  private final Map<String, Column<T>> columns = new LinkedHashMap<>();

  /** Null in the place of what is no number. */
  static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /**
   * @throws IllegalArgumentException if there is such a column
   */
  Columns<T> add(String name, DataType type, Function<T, Object> value) {
    if (columns.put(name, new Column<>(type, value)) != null) {
      throw new IllegalArgumentException("two columns " + name);
    }
    return this;
  }

  /** Adds the columns of a part of the thing. */
  <P> Columns<T> addAll(Columns<P> others, Function<T, P> part) {
    others.columns.forEach(
        (name, column) ->
            add(
                name,
                column.type(),
                thing -> {
                  P of = part.apply(thing);
                  return of == null ? null : column.value().apply(of);
                }));
    return this;
  }

  StructType schema() {
    StructType schema = new StructType();
    for (Map.Entry<String, Column<T>> column : columns.entrySet()) {
      schema = schema.add(column.getKey(), column.getValue().type(), true);
    }
    return schema;
  }

  Row row(T thing) {
    return RowFactory.create(
        columns.values().stream().map(column -> column.value().apply(thing)).toArray());
  }
}
