package io.headroom.jobs.measurements;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.RowBuilder;
import io.headroom.measure.LatencyHistogram;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The summary of rows that many shards made is that of one run that recorded everything. */
class SummaryTableTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final int CELLS = 2;
  private static final int ROWS_A_CELL = 120;

  private static final List<Row> ROWS = new ArrayList<>();
  private static final List<LatencyHistogram> DECODE = new ArrayList<>();
  private static final List<LatencyHistogram> PREFILL = new ArrayList<>();

  @BeforeAll
  static void measure() {
    Random random = new Random(11);
    for (int cell = 0; cell < CELLS; cell++) {
      DECODE.add(new LatencyHistogram());
      PREFILL.add(new LatencyHistogram());
      for (int id = 0; id < ROWS_A_CELL; id++) {
        LatencyHistogram decode = new LatencyHistogram();
        LatencyHistogram prefill = new LatencyHistogram();
        // Rows of one sample and rows of many, from a microsecond to minutes.
        int samples = 1 + (int) Math.exp(4 * random.nextDouble());
        double scale = 7 + 16 * random.nextDouble();
        for (int i = 0; i < samples; i++) {
          record((long) Math.exp(scale + 2 * random.nextGaussian()), decode, DECODE.get(cell));
        }
        record((long) Math.exp(scale + 5), prefill, PREFILL.get(cell));
        ROWS.add(row(cell, id, prefill, decode));
      }
      ROWS.add(failed(cell));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 60})
  void isWhatOneMergedRunWouldGive(int partitions) {
    List<Row> shuffled = new ArrayList<>(ROWS);
    Collections.shuffle(shuffled, new Random(partitions));

    List<Row> summary = summary(shuffled, partitions);

    assertThat(summary).hasSize(CELLS);
    for (Row row : summary) {
      int cell = Integer.parseInt(row.getAs("cell_id"));
      LatencyHistogram all = DECODE.get(cell);
      LatencyHistogram.Interval interval = all.p50Interval().orElseThrow();
      assertThat(row.<Long>getAs("decode_samples")).isEqualTo(all.samples());
      assertThat(row.<Long>getAs("decode_ns_p50")).isEqualTo(all.p50Nanos().orElseThrow());
      assertThat(row.<Long>getAs("decode_ns_p50_low")).isEqualTo(interval.lowNanos());
      assertThat(row.<Long>getAs("decode_ns_p50_high")).isEqualTo(interval.highNanos());
      assertThat(row.<Long>getAs("decode_ns_p90")).isEqualTo(all.p90Nanos().orElseThrow());
      assertThat(row.<Long>getAs("decode_ns_p99")).isEqualTo(all.p99Nanos().orElseThrow());
      assertThat(row.<Long>getAs("decode_ns_max")).isEqualTo(all.maxNanos().orElseThrow());
      assertThat(row.<Double>getAs("decode_ns_mean")).isEqualTo(all.meanNanos());
      assertThat(row.<byte[]>getAs("decode_histogram")).isEqualTo(all.encode());
      assertThat(row.<byte[]>getAs("prefill_histogram")).isEqualTo(PREFILL.get(cell).encode());
      assertThat(row.<Long>getAs("prefill_samples")).isEqualTo(ROWS_A_CELL);
    }
  }

  @Test
  void countsNoisyAndSteadyRows() {
    assertThat(summary(ROWS, 3))
        .allSatisfy(
            row -> {
              assertThat(row.<Long>getAs("rows_ok")).isEqualTo(ROWS_A_CELL);
              assertThat(row.<Long>getAs("rows_failed")).isEqualTo(1);
              assertThat(row.<Long>getAs("noisy_rows")).isEqualTo(ROWS_A_CELL / 3);
              assertThat(row.<Long>getAs("steady_rows")).isEqualTo(ROWS_A_CELL / 2);
            });
  }

  @Test
  void tellsNothingThatTheMergedSampleDoesNot() {
    LatencyHistogram few = new LatencyHistogram();
    few.record(5);
    List<Row> rows = new ArrayList<>();
    for (int id = 0; id < 5; id++) {
      rows.add(row(0, id, few, few));
    }

    Row five = summary(rows, 2).get(0);
    rows.add(row(0, 5, few, few));
    Row six = summary(rows, 2).get(0);

    assertThat(five.<Long>getAs("decode_ns_p50")).isEqualTo(5);
    assertThat(five.<Long>getAs("decode_ns_p50_low")).isNull();
    assertThat(five.<Long>getAs("decode_ns_p50_high")).isNull();
    assertThat(five.<Long>getAs("decode_ns_p90")).isNull();
    assertThat(six.<Long>getAs("decode_ns_p50_low")).isEqualTo(5);
    assertThat(six.<Long>getAs("decode_ns_p50_high")).isEqualTo(5);
    assertThat(six.<Long>getAs("decode_ns_p90")).isNull();
    assertThat(six.<Long>getAs("decode_ns_p99")).isNull();
  }

  @Test
  void cellsWithoutSamplesHaveNoFigures() {
    Row row = summary(List.of(failed(0)), 1).get(0);

    assertThat(row.<byte[]>getAs("decode_histogram")).isNull();
    assertThat(row.<Double>getAs("decode_ns_mean")).isNull();
    assertThat(row.<Long>getAs("decode_ns_p50_low")).isNull();
    assertThat(row.<Long>getAs("noisy_rows")).isZero();
    assertThat(row.<Long>getAs("steady_rows")).isZero();
  }

  /** Only that one keeps buffers as objects between rows: others encode them for every row. */
  @Test
  void histogramsAreMergedByAnAggregateOfObjects() {
    String plan = summaryTable(ROWS, 2).queryExecution().executedPlan().toString();

    assertThat(plan.lines().filter(line -> line.matches(".*Aggregate\\(keys=\\[cell_id#\\d+],.*")))
        .isNotEmpty()
        .allMatch(line -> line.contains("ObjectHashAggregate("));
  }

  private static List<Row> summary(List<Row> rows, int partitions) {
    return summaryTable(rows, partitions).collectAsList();
  }

  private static Dataset<Row> summaryTable(List<Row> rows, int partitions) {
    return SummaryTable.of(
        SPARK.session().createDataFrame(rows, MeasurementTable.SCHEMA).repartition(partitions));
  }

  private static void record(long nanos, LatencyHistogram one, LatencyHistogram all) {
    one.record(nanos);
    all.record(nanos);
  }

  private static Row row(int cell, int id, LatencyHistogram prefill, LatencyHistogram decode) {
    return new RowBuilder()
        .set("cell_id", String.valueOf(cell))
        .set("sequence_id", id)
        .set("kv_cache", "on")
        .set("output_tokens", 1)
        .set("prefill_ns", prefill.p50Nanos().orElseThrow())
        .set("prefill_samples", prefill.samples())
        .set("prefill_histogram", prefill.encode())
        .set("decode_ns_mean", decode.meanNanos())
        .set("decode_ns_max", decode.maxNanos().orElseThrow())
        .set("decode_samples", decode.samples())
        .set("decode_histogram", decode.encode())
        .set("noisy", id % 3 == 0)
        .set("steady", id % 2 == 0)
        .set("status", "ok")
        .build();
  }

  private static Row failed(int cell) {
    return new RowBuilder()
        .set("cell_id", String.valueOf(cell))
        .set("sequence_id", ROWS_A_CELL)
        .set("kv_cache", "on")
        .set("status", "failed")
        .set("reason", "broken")
        .build();
  }
}
