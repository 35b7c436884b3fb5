package io.headroom.jobs.sweep.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.headroom.attention.OutputError;
import io.headroom.attention.OutputVerdict;
import io.headroom.host.Disturbance;
import io.headroom.host.HostProbe;
import io.headroom.host.ResourceUsage;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.measurements.Status;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.CellIds;
import io.headroom.jobs.sweep.cells.MeasureSettings;
import io.headroom.jobs.sweep.cells.Sweeps;
import io.headroom.jobs.testkit.RowBuilder;
import io.headroom.jobs.workload.Sequence;
import io.headroom.kvcache.KvPrecision;
import io.headroom.measure.LatencyHistogram;
import io.headroom.measure.SequenceMeasurement;
import io.headroom.measure.SteadyPhases;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MeasurementRowsTest {
  private static final RowOrigin ORIGIN =
      new RowOrigin("run", 1, 2, 4, "7", "host", Instant.ofEpochMilli(1_000));
  private static final Sequence SEQUENCE = new Sequence(5, 10, 2);
  private static final HostProbe.Peaks PEAKS = new HostProbe.Peaks(200, 40);

  @Test
  void anOutputBeyondTheToleranceFails() {
    Row row = measured(KvPrecision.F32, new OutputError(0.5, 2.1e-5));

    assertThat(row.<String>getAs("status")).isEqualTo("failed");
    assertThat(row.<Boolean>getAs("verified")).isFalse();
    assertThat(row.<Double>getAs("max_abs_error")).isEqualTo(0.5);
    assertThat(row.<Double>getAs("relative_l2_error")).isEqualTo(2.1e-5);
    assertThat(row.<String>getAs("reason"))
        .isEqualTo("relative L2 error 2.10e-05 against the reference; allowed: 2.00e-05");
    assertThat(row.<Long>getAs("prefill_ns")).isPositive();
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void anOutputThatIsNoNumberFails(double error) {
    assertThat(measured(KvPrecision.INT4, new OutputError(error, error)).<String>getAs("status"))
        .isEqualTo("failed");
  }

  @ParameterizedTest
  @EnumSource(KvPrecision.class)
  void anOutputWithinTheToleranceIsVerified(KvPrecision precision) {
    Row row = measured(precision, new OutputError(0, OutputVerdict.tolerance(precision)));

    assertThat(row.<String>getAs("status")).isEqualTo("ok");
    assertThat(row.<Boolean>getAs("verified")).isTrue();
    assertThat(row.<String>getAs("reason")).isNull();
  }

  @Test
  void whatWasNotComparedIsNotVerified() {
    Row row = measured(KvPrecision.F32, null);

    assertThat(row.<String>getAs("status")).isEqualTo("ok");
    assertThat(row.<Boolean>getAs("verified")).isNull();
    assertThat(row.<Double>getAs("relative_l2_error")).isNull();
  }

  @Test
  void copiesWhereItWasMade() {
    Row row = measured(KvPrecision.F32, null);

    assertThat(row.<Integer>getAs("wave")).as("which the driver sets").isNull();
    assertThat(row.<Integer>getAs("stage_attempt")).isEqualTo(1);
    assertThat(row.<Integer>getAs("task_attempt")).isEqualTo(2);
    assertThat(row.<Integer>getAs("partition_id")).isEqualTo(4);
    assertThat(row.<String>getAs("executor_id")).isEqualTo("7");
    assertThat(row.<Timestamp>getAs("started_at")).isEqualTo(new Timestamp(1_000));
    assertThat(row.<Integer>getAs("sequence_id")).isEqualTo(5);
  }

  /** 55 pairs, 14 heads, 2 x 64 channels, 2 operations: 197,120 in 1,000 ns. */
  @Test
  void derivesRatesFromTheMedian() {
    Row row = measured(KvPrecision.F32, null);

    assertThat(row.<Double>getAs("prefill_gflops")).isEqualTo(197.12);
    assertThat(row.<Double>getAs("fraction_of_peak")).isEqualTo(197.12 / 200);
    // 11 positions of 2 x 2 heads of 64 channels of 4 bytes, in 500 ns.
    assertThat(row.<Double>getAs("decode_gbps")).isEqualTo(11 * 1024 / 500.0);
    assertThat(row.<Double>getAs("cpu_wall_ratio")).isEqualTo(0.75);
  }

  @Test
  void tellsNoIntervalOfOneSample() {
    Row row = measured(KvPrecision.F32, null);

    assertThat(row.<Long>getAs("prefill_ns")).isEqualTo(1_000);
    assertThat(row.<Long>getAs("prefill_ns_low")).isNull();
    assertThat(row.<Long>getAs("prefill_ns_high")).isNull();
    assertThat(row.<Long>getAs("decode_ns_p50_low")).isNull();
    assertThat(row.<Long>getAs("decode_ns_p50_high")).isNull();
    assertThat(LatencyHistogram.decode(row.<byte[]>getAs("prefill_histogram")).p50Nanos())
        .hasValue(1_000);
  }

  @Test
  void tellsWhatOthersTookAndNothingWhereThatIsUnknown() {
    Row row = measured(KvPrecision.F32, null);

    assertThat(row.<Boolean>getAs("steady")).isTrue();
    assertThat(row.<Long>getAs("steal_ms")).isEqualTo(30);
    assertThat(row.<Long>getAs("involuntary_switches")).isNull();
  }

  /** 29 layers of Bamba keep 3 inputs of a convolution and 128 heads of 64 x 128 numbers. */
  @Test
  void tellsWhatDoesNotGrowWithTheSequence() {
    Cell bamba = Sweeps.cell(Sweeps.catalogue().find("bamba-9b"), KvPrecision.BF16);
    MeasuredRow row =
        MeasurementRows.notMeasured(ORIGIN, bamba, "bamba", SEQUENCE, Status.FAILED, "none");

    assertThat(column(row, "state_bytes"))
        .isEqualTo(29L * (3 * (128 * 64 + 2 * 128) + 128 * 64 * 128) * 2);
    assertThat(column(row, "kv_bytes")).isEqualTo(12_288L * 12);
    assertThat(column(row, "assumed")).isEqualTo(false);
  }

  private static Object column(MeasuredRow row, String name) {
    return SparkRows.of(row).get(MeasurementTable.SCHEMA.fieldIndex(name));
  }

  @Test
  void unknownColumnsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RowBuilder().set("colour", 1))
        .withMessage("no such column: colour");
  }

  @Test
  void theSampleToVerifyIsAFractionAndTheSameEveryTime() {
    MeasureSettings fifth = new MeasureSettings("run", 1, 0, 1, 0.2, 2, Long.MAX_VALUE);
    long verified = count(fifth);

    assertThat(verified).isBetween(1_800L, 2_200L).isEqualTo(count(fifth));
    assertThat(count(new MeasureSettings("other", 9, 0, 9, 0.2, 0, Long.MAX_VALUE)))
        .isEqualTo(verified);
    assertThat(count(new MeasureSettings("run", 1, 0, 1, 1, 2, Long.MAX_VALUE))).isEqualTo(10_000);
    assertThat(count(new MeasureSettings("run", 1, 0, 1, 0, 2, Long.MAX_VALUE))).isZero();
  }

  private static long count(MeasureSettings settings) {
    long count = 0;
    for (int id = 0; id < 10_000; id++) {
      count += settings.verifies("cell", new Sequence(id, 1, 0)) ? 1 : 0;
    }
    return count;
  }

  private static Row measured(KvPrecision precision, OutputError error) {
    Cell cell = Sweeps.cell(Sweeps.qwen(), precision);
    LatencyHistogram prefill = new LatencyHistogram();
    prefill.record(1_000);
    LatencyHistogram decode = new LatencyHistogram();
    decode.record(500);
    SequenceMeasurement measurement =
        new SequenceMeasurement(
            1 << 20,
            prefill,
            decode,
            3,
            new SteadyPhases(true, true),
            new ResourceUsage(2_000, 1_500, 0, 64),
            new Disturbance(OptionalLong.of(30), OptionalLong.empty()),
            Optional.ofNullable(error));
    Row row =
        SparkRows.of(
            MeasurementRows.measured(
                ORIGIN,
                cell,
                CellIds.current().of(cell),
                SEQUENCE,
                "panama-512-fma",
                measurement,
                PEAKS));
    Object[] values = new Object[row.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(i);
    }
    return new GenericRowWithSchema(values, MeasurementTable.SCHEMA);
  }
}
