package io.headroom.jobs.testkit;

import io.headroom.jobs.measurements.Axis;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;

/**
 * Rows of configurations that differ in one column of one axis alone. Whoever adds an axis names
 * another value of it here; the tests then hold every table to tell the two apart.
 */
public final class VariedRows {
  private VariedRows() {}

  /** A row with the most KV heads, a window and a cache, of whose axes none is null. */
  public static RowBuilder usual() {
    return ScratchResults.measured("usual", 8, "f32", 64)
        .set("cell_id", "usual")
        .set("window", 8)
        .set("sinks", 2);
  }

  /** The same but for one column of an axis. */
  public static RowBuilder varied(String column) {
    return usual().set("cell_id", column).set(column, other(column));
  }

  /** The usual row and one for each column of an axis. */
  public static List<Row> all() {
    List<Row> rows = new ArrayList<>(List.of(usual().build()));
    Axis.allColumns().forEach(column -> rows.add(varied(column).build()));
    return List.copyOf(rows);
  }

  /** A value of a column that the usual row does not have. */
  public static Object other(String column) {
    return switch (column) {
      case "model" -> "other";
      case "variant" -> "MLA";
      case "kv_heads" -> 4;
      case "kv_precision" -> "int8";
      case "kv_cache" -> "off";
      case "window" -> 16;
      case "sinks" -> 4;
      case "engine" -> "nd4j";
      case "threads" -> 3;
      case "contention" -> 5;
      case "context_shards" -> 7;
      default -> throw new IllegalArgumentException("no other value of the axis " + column);
    };
  }
}
