package io.headroom.jobs.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Rows of several folders under one list of columns, as the page has them. */
final class FolderRows {
  private final List<List<Object>> rows = new ArrayList<>();
  private List<String> names = List.of();

  /** Adds the first rows of a folder, by its number; false if there were more. */
  boolean add(int folder, Dataset<Row> table, int most) {
    return add(folder, table.columns(), table.collectAsList(), most);
  }

  /** The same of rows that are here already. */
  boolean add(int folder, String[] columns, List<Row> collected, int most) {
    List<String> all = new ArrayList<>(List.of("folder"));
    all.addAll(List.of(columns));
    names = all;
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
