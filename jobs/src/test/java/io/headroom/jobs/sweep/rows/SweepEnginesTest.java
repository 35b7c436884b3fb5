package io.headroom.jobs.sweep.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.attention.OutputVerdict;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.ScratchSweep;
import io.headroom.kvcache.KvFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Every engine in every precision on one and two threads. */
@Tag("second-compiler")
class SweepEnginesTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark(2);
  @TempDir static Path folder;

  private static CommandRun run;
  private static List<Row> rows;

  @BeforeAll
  static void sweep() {
    ScratchSweep sweep =
        ScratchSweep.of(
            folder,
            """
            models = [qwen2-0.5b]
            sequences { lengths = [70] }
            decode-tokens = 2
            kv-precisions = [f32, f16, bf16, fp8, int8, int4, int8/int4, q8_0]
            engines = [vector, nd4j, reference]
            threads = [1, 2]
            measure { layers = 2, min-samples = 2, max-seconds-per-cell = 0.02 }
            verify { sample = 1 }
            """);
    run = sweep.run();
    rows = sweep.measurements(SPARK.session()).collectAsList();
  }

  @Test
  void whatAnEngineLacksIsARow() {
    Map<String, String> reasons =
        rows.stream()
            .filter(row -> row.getAs("status").equals("unsupported"))
            .collect(
                Collectors.toMap(
                    row ->
                        row.getAs("engine")
                            + " "
                            + row.getAs("kv_precision")
                            + " "
                            + row.getAs("threads"),
                    row -> row.getAs("reason")));

    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    assertThat(rows).hasSize(8 * 3 * 2);
    assertThat(reasons.keySet())
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(
                    Stream.of("fp8", "int8", "int4", "int8/int4", "q8_0")
                        .map(label -> "nd4j " + label),
                    Stream.of("f16", "bf16", "fp8", "int8", "int4", "int8/int4", "q8_0")
                        .map(label -> "reference " + label),
                    Stream.of("vector q8_0"))
                .flatMap(cells -> cells)
                .flatMap(cell -> Stream.of(cell + " 1", cell + " 2"))
                .toList());
    assertThat(reasons.get("reference bf16 1"))
        .isEqualTo("the reference engine keeps f32 only: bf16");
    assertThat(reasons.get("nd4j int8/int4 1"))
        .isEqualTo("the nd4j engine keeps f32, f16 or bf16: int8/int4");
    assertThat(reasons.get("vector q8_0 1"))
        .isEqualTo(
            "q8_0 is counted, not computed on; engines here keep f32, f16, bf16, fp8, int8, int4");
    assertThat(rows).noneMatch(row -> row.getAs("status").equals("failed"));
  }

  @Test
  void rowsWithoutMeasurementStillTellBytes() {
    assertThat(rows)
        .filteredOn(row -> row.getAs("status").equals("unsupported"))
        .allSatisfy(
            row -> {
              assertThat(row.<Long>getAs("kv_bytes")).isPositive();
              assertThat(row.<Long>getAs("kv_bytes_allocated")).isNull();
              assertThat(row.<Long>getAs("prefill_ns")).isNull();
              assertThat(row.<byte[]>getAs("decode_histogram")).isNull();
              assertThat(row.<Boolean>getAs("verified")).isNull();
            });
  }

  @Test
  void everyEngineAgreesWithTheReference() {
    List<Row> ok = rows.stream().filter(row -> row.getAs("status").equals("ok")).toList();

    assertThat(ok)
        .hasSize(2 * (7 + 3 + 1))
        .allSatisfy(
            row -> {
              KvFormat precision = KvFormat.named(row.getAs("kv_precision")).orElseThrow();
              assertThat(row.<Boolean>getAs("verified")).as(row.toString()).isTrue();
              assertThat(row.<Double>getAs("relative_l2_error"))
                  .isLessThanOrEqualTo(OutputVerdict.tolerance(precision));
              assertThat(row.<Integer>getAs("layers_measured")).isEqualTo(2);
              assertThat(row.<Long>getAs("kv_bytes_allocated"))
                  .isGreaterThanOrEqualTo(
                      row.<Long>getAs("kv_bytes") * 2 / row.<Integer>getAs("layers"));
            });
    assertThat(detailsOf(ok, "vector")).allMatch(detail -> detail.startsWith("panama-"));
    assertThat(detailsOf(ok, "nd4j")).allMatch(detail -> detail.startsWith("openblas-"));
    assertThat(detailsOf(ok, "reference")).hasSize(1);
  }

  private static List<String> detailsOf(List<Row> rows, String engine) {
    return rows.stream()
        .filter(row -> row.getAs("engine").equals(engine))
        .map(row -> row.<String>getAs("engine_detail"))
        .distinct()
        .toList();
  }

  /** 8 and 4 bits a value, and half a bit a value for scales and offsets. */
  @Test
  void precisionsTakeTheBytesTheyPromise() {
    Map<String, Long> bytes =
        rows.stream()
            .collect(
                Collectors.toMap(
                    row -> row.<String>getAs("kv_precision"),
                    row -> row.<Long>getAs("kv_bytes_per_token"),
                    (one, other) -> {
                      assertThat(one).isEqualTo(other);
                      return one;
                    }));
    long values = 24L * 2 * 2 * 64;

    assertThat(bytes)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "f32",
                values * 4,
                "f16",
                values * 2,
                "bf16",
                values * 2,
                "fp8",
                values,
                "int8",
                values * 17 / 16,
                "int4",
                values * 9 / 16,
                "int8/int4",
                values * 13 / 16,
                "q8_0",
                values * 17 / 16));
  }
}
