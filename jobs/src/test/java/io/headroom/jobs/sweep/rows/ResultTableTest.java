package io.headroom.jobs.sweep.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.measurements.Axis;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.sweep.cells.Sweeps;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.RowBuilder;
import io.headroom.jobs.testkit.VariedRows;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ResultTableTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  @Test
  void configurationsThatDifferInOneAxisAreLinesOfTheirOwn() {
    Dataset<Row> rows =
        table(
            Stream.concat(
                    Stream.of(VariedRows.usual()),
                    Axis.allColumns().stream().map(VariedRows::varied))
                .toArray(RowBuilder[]::new));

    ResultLines results = ResultLines.of(rows, 100);
    String text = text(rows);

    assertThat(results.lines()).hasSize(1 + Axis.allColumns().size());
    assertThat(results.lines().stream().map(ResultTableTest::described)).doesNotHaveDuplicates();
    assertThat(results.varying()).isEqualTo(Axis.conditions());
    String header = text.lines().limit(3).reduce("", String::concat);
    for (Axis axis : Axis.conditions()) {
      assertThat(header).contains(axis.words());
    }
    for (String column : Axis.allColumns()) {
      assertThat(text).contains(String.valueOf(VariedRows.other(column)));
    }
  }

  private static List<String> described(ResultLines.Line line) {
    return Arrays.stream(Axis.values()).map(line::text).toList();
  }

  @Test
  void onlyWhatIsOtherwiseTheSameIsCompared() {
    Stream<RowBuilder> fewer =
        Axis.allColumns().stream()
            .map(
                column ->
                    VariedRows.varied(column)
                        .set("kv_heads", 2)
                        .set("kv_bytes_per_token", 2_000L)
                        .set("kv_bytes", 128_000L));

    List<HeadComparison> comparisons =
        ResultLines.of(
                table(
                    Stream.concat(Stream.of(VariedRows.usual()), fewer).toArray(RowBuilder[]::new)),
                100)
            .comparisons();

    assertThat(comparisons)
        .hasSize(2)
        .allSatisfy(
            comparison -> {
              assertThat(comparison.model()).isEqualTo("usual");
              assertThat(comparison.kvHeads()).isEqualTo(2);
              assertThat(comparison.bytesShare()).isEqualTo(0.25);
            });
  }

  @Test
  void theGainOfTheCacheNamesItsConfiguration() {
    String text =
        text(
            table(
                VariedRows.usual(),
                VariedRows.usual()
                    .set("cell_id", "off")
                    .set("kv_cache", "off")
                    .set("decode_ns_mean", 1e6),
                VariedRows.varied("threads")));

    assertThat(text)
        .containsOnlyOnce("the cache makes")
        .contains("usual MHA f32, threads 1: the cache makes decode 19.5 times faster");
  }

  @Test
  void noisyTimesAreInNoComparison() {
    RowBuilder few = VariedRows.usual().set("cell_id", "few").set("kv_heads", 2);
    few.set("kv_bytes_per_token", 2_000L).set("kv_bytes", 128_000L);

    assertThat(text(table(VariedRows.usual(), few)))
        .contains("MHA with 2 KV heads keeps 25 % of the bytes of MHA, prefill takes 100 % and")
        .doesNotContain("noisy");
    assertThat(text(table(VariedRows.usual(), few.set("noisy", true))))
        .contains(
            "MHA with 2 KV heads keeps 25 % of the bytes of MHA; times at 64 are noisy",
            "Times of 1 noisy row are left out of the comparisons.");
  }

  @Test
  void statesAndAssumedModelsAreShown() {
    assertThat(text(table(VariedRows.usual()))).doesNotContain("state", "(assumed)");

    assertThat(text(table(VariedRows.usual().set("state_bytes", 3_072L).set("assumed", true))))
        .containsPattern("KV at\\s+state")
        .contains("3 KiB")
        .contains("usual (assumed)");
  }

  private static String text(Dataset<Row> rows) {
    return ResultTable.of(rows, Sweeps.settings("models = [qwen2-0.5b]"));
  }

  private static Dataset<Row> table(RowBuilder... rows) {
    return SPARK
        .session()
        .createDataFrame(
            Arrays.stream(rows).map(RowBuilder::build).toList(), MeasurementTable.SCHEMA);
  }
}
