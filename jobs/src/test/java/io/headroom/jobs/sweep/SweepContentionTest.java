package io.headroom.jobs.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.ScratchSweep;
import io.headroom.kvcache.KvFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Cells that are measured alone and side by side, on a task of two cores. */
class SweepContentionTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark(2);
  @TempDir static Path folder;

  private static final int LEAST_SAMPLES = 1;

  private static ScratchSweep sweep;
  private static CommandRun run;
  private static List<Row> rows;
  private static List<Row> ok;

  @BeforeAll
  static void sweep() {
    sweep =
        ScratchSweep.of(
            folder,
            """
            models = [qwen2-0.5b]
            sequences { lengths = [70, 9] }
            decode-tokens = 2
            kv-precisions = [f32, int8]
            engines = [vector, nd4j]
            threads = [1, 2]
            contention = [1, 2]
            measure { min-samples = %d, max-seconds-per-cell = 0.05 }
            verify { sample = 1 }
            """
                .formatted(LEAST_SAMPLES));
    run = sweep.run();
    rows = sweep.measurements(SPARK.session()).collectAsList();
    ok = rows.stream().filter(row -> row.getAs("status").equals("ok")).toList();
  }

  @Test
  void everyRowSaysHowManyRanSideBySide() {
    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    assertThat(rows).hasSize(2 * 2 * 2 * 2 * 2).noneMatch(row -> row.getAs("contention") == null);
    assertThat(rows.stream().map(row -> row.<String>getAs("cell_id")).distinct()).hasSize(16);
    assertThat(rows.stream().map(row -> row.getAs("cell_id") + " " + row.getAs("sequence_id")))
        .doesNotHaveDuplicates();
    assertThat(rows).allMatch(row -> row.<Integer>getAs("schema_version") == 2);
  }

  /** Every engine and precision alone on 1 and 2 threads, and side by side on 1 thread each. */
  @Test
  void copiesBeyondTheCoresOfTheTaskAreUnsupported() {
    Map<String, String> reasons =
        rows.stream()
            .filter(row -> row.getAs("status").equals("unsupported"))
            .filter(row -> !(row.getAs("engine").equals("nd4j") && isQuantised(row)))
            .collect(
                Collectors.toMap(
                    SweepContentionTest::configuration,
                    row -> row.getAs("reason"),
                    (one, other) -> one));

    assertThat(reasons)
        .containsOnlyKeys("vector f32 2 2", "vector int8 2 2", "nd4j f32 2 2")
        .containsValue(
            "2 copies side by side of 2 threads need 4 cores, the task has 2 (spark.task.cpus)");
    assertThat(ok.stream().map(SweepContentionTest::configuration).distinct())
        .containsExactlyInAnyOrder(
            "vector f32 1 1",
            "vector f32 1 2",
            "vector f32 2 1",
            "vector int8 1 1",
            "vector int8 1 2",
            "vector int8 2 1",
            "nd4j f32 1 1",
            "nd4j f32 1 2",
            "nd4j f32 2 1");
  }

  private static boolean isQuantised(Row row) {
    return KvFormat.named(row.getAs("kv_precision")).orElseThrow().groupTokens() > 1;
  }

  private static String configuration(Row row) {
    return "%s %s %s %s"
        .formatted(
            row.getAs("engine"),
            row.getAs("kv_precision"),
            row.getAs("threads"),
            row.getAs("contention"));
  }

  @Test
  void copiesAreVerifiedToo() {
    assertThat(ok).allMatch(row -> row.<Boolean>getAs("verified"));
  }

  /** A row is of one sequence, however many copies of it ran. */
  @Test
  void bytesAreThoseOfOneCopy() {
    Map<String, List<Row>> beside =
        ok.stream()
            .filter(row -> row.<Integer>getAs("threads") == 1)
            .collect(
                Collectors.groupingBy(
                    row ->
                        "%s %s %s"
                            .formatted(
                                row.getAs("engine"),
                                row.getAs("kv_precision"),
                                row.getAs("sequence_id"))));

    assertThat(beside.values())
        .hasSize(6)
        .allSatisfy(
            pair -> {
              assertThat(pair).hasSize(2);
              for (String column :
                  List.of(
                      "kv_bytes",
                      "kv_bytes_allocated",
                      "kv_bytes_mha",
                      "kv_bytes_per_token",
                      "prompt_tokens",
                      "output_tokens",
                      "seed",
                      "relative_l2_error")) {
                assertThat(pair.get(0).<Object>getAs(column))
                    .as(column)
                    .isEqualTo(pair.get(1).getAs(column));
              }
              assertThat(pair.get(0).<String>getAs("cell_id"))
                  .isNotEqualTo(pair.get(1).getAs("cell_id"));
            });
  }

  /** Each copy has the one sample of its own that it needs at least. */
  @Test
  void samplesAreThoseOfAllCopies() {
    assertThat(ok)
        .allSatisfy(
            row ->
                assertThat(row.<Long>getAs("prefill_samples"))
                    .isEqualTo((long) LEAST_SAMPLES * row.<Integer>getAs("contention")));
  }

  @Test
  void theSummaryTellsCellsApart() {
    List<Row> summary = sweep.summary(SPARK.session()).where("rows_ok > 0").collectAsList();

    assertThat(summary).hasSize(9);
    assertThat(summary.stream().map(SweepContentionTest::configuration)).doesNotHaveDuplicates();
    assertThat(run.out()).anyMatch(line -> line.contains("threads  contention"));
  }
}
