package io.headroom.jobs.measurements;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.RowBuilder;
import io.headroom.jobs.testkit.VariedRows;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Configurations that differ in one axis alone are never taken for one. */
class AxisTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final long USUAL_NANOS = 1_000;

  /** Of the usual configuration, and of one for each column of an axis. */
  private static List<Row> cells;

  /** All but the usual one recompute the prefix, the longer the later their column comes. */
  @BeforeAll
  static void summarise() {
    List<Row> rows = new ArrayList<>();
    rows.add(VariedRows.usual().set("decode_ns_mean", (double) USUAL_NANOS).build());
    for (String column : Axis.allColumns()) {
      RowBuilder row = VariedRows.varied(column).set("kv_cache", "off");
      rows.add(row.set("decode_ns_mean", offNanos(column)).build());
    }
    cells = summary(rows);
  }

  private static List<Row> summary(List<Row> rows) {
    return SummaryTable.of(SPARK.session().createDataFrame(rows, MeasurementTable.SCHEMA))
        .collectAsList();
  }

  private static double offNanos(String column) {
    int place = Axis.allColumns().indexOf(column);
    // The cache's own is the least: any other that were taken for it would be the largest.
    return USUAL_NANOS * (column.equals("kv_cache") ? 2.0 : 10.0 + place);
  }

  @Test
  void eachIsACellOfTheSummaryThatTellsIt() {
    Row usual = cell("usual");

    for (String column : Axis.allColumns()) {
      assertThat(cell(column).<Object>getAs(column))
          .as(column)
          .isEqualTo(VariedRows.other(column))
          .isNotEqualTo(usual.<Object>getAs(column));
    }
  }

  /** None but the one without a cache is another way of measuring the usual one. */
  @Test
  void theGainOfTheCacheIsOfOneConfiguration() {
    assertThat(cell("usual").<Double>getAs(CacheGain.COLUMN)).isEqualTo(2);
    assertThat(cells.stream().filter(cell -> cell.getAs(CacheGain.COLUMN) != null)).hasSize(1);
  }

  @Test
  void headsAreComparedWithinOneConfiguration() {
    List<Row> rows = new ArrayList<>(List.of(VariedRows.usual().build()));
    for (String column : Axis.allColumns()) {
      RowBuilder fewer = VariedRows.varied(column).set("kv_heads", 2);
      rows.add(fewer.set("kv_bytes_per_token", 2_000L).build());
    }

    List<String> compared =
        summary(rows).stream()
            .filter(cell -> cell.getAs(HeadComparisons.VARIANT) != null)
            .map(cell -> cell.<String>getAs("cell_id"))
            .toList();

    assertThat(compared).containsExactlyInAnyOrder("variant", "kv_heads");
  }

  @Test
  void everyColumnHasItsPlaceInEveryOrder() {
    for (Stream<?> order : List.of(Axis.nested(), Axis.byHeads())) {
      List<String> parts = order.map(Object::toString).toList();
      for (String column : Axis.allColumns()) {
        assertThat(parts).anyMatch(part -> part.matches(column + "\\b.*"));
      }
    }
  }

  @Test
  void everyColumnIsOneOfTheMeasurements() {
    assertThat(Axis.allColumns()).doesNotHaveDuplicates();
    assertThat(MeasurementTable.SCHEMA.fieldNames()).containsAll(Axis.allColumns());
  }

  @Test
  void severalColumnsAreOneText() {
    Function<String, Object> values = column -> column.equals("window") ? 8 : 2;

    assertThat(Axis.WINDOW.text(values)).isEqualTo("8+2");
    assertThat(Axis.WINDOW.text(column -> 0)).isEqualTo("none");
    assertThat(Axis.THREADS.text(column -> 0)).isEqualTo("0");
  }

  private static Row cell(String id) {
    return cells.stream()
        .filter(cell -> cell.getAs("cell_id").equals(id))
        .findFirst()
        .orElseThrow();
  }
}
