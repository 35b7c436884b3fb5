package io.headroom.jobs.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.ScratchSweep;
import io.headroom.measure.LatencyHistogram;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Where sequences come from, and what they decide. */
class SweepWorkloadTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();
  @TempDir Path folder;

  private static final String QUICK =
      """
      models = [qwen2-0.5b]
      measure { min-samples = 1, max-seconds-per-cell = 0.02 }
      """;

  @Test
  void listsGiveEachLengthSoManyTimes() {
    List<Row> rows = rows("decode-tokens = 0\nsequences { lengths = [3, 9, 1], count = 2 }");

    assertThat(rows.stream().map(row -> row.<Integer>getAs("prompt_tokens")))
        .containsExactly(3, 3, 9, 9, 1, 1);
    assertThat(rows)
        .allSatisfy(
            row -> {
              assertThat(row.<Integer>getAs("output_tokens")).isZero();
              assertThat(row.<Long>getAs("prefill_ns")).isPositive();
              assertThat(row.<Long>getAs("decode_samples")).isZero();
              assertThat(row.<Long>getAs("decode_ns_p50")).isNull();
              assertThat(row.<Double>getAs("decode_ns_mean")).isNull();
              assertThat(row.<Long>getAs("decode_ns_max")).isNull();
              assertThat(row.<byte[]>getAs("decode_histogram")).isNull();
              assertThat(row.<Double>getAs("decode_gbps")).isNull();
            });
  }

  @Test
  void distributionsDrawTheSameLengthsFromTheSameSeed() {
    String lognormal =
        "decode-tokens = 1\nsequences { lognormal { mean = 20, p50 = 16, max = 60 }, count = 5 }";
    List<Integer> first = prompts(rows("seed = 3\n" + lognormal, "first"));

    assertThat(first).hasSize(5).allMatch(length -> length >= 1 && length <= 60);
    assertThat(prompts(rows("seed = 3\n" + lognormal, "again"))).isEqualTo(first);
    assertThat(prompts(rows("seed = 4\n" + lognormal, "other"))).isNotEqualTo(first);
  }

  @Test
  void uniformLengthsStayBetweenTheirBounds() {
    List<Integer> prompts =
        prompts(rows("decode-tokens = 1\nsequences { uniform { min = 4, max = 6 }, count = 12 }"));

    assertThat(prompts).hasSize(12).allMatch(length -> length >= 4 && length <= 6);
    assertThat(prompts.stream().distinct().count()).isGreaterThan(1);
  }

  @Test
  void tracesGivePromptsAndWhatTheyGenerated() {
    ScratchSweep.write(
        folder.resolve("trace.csv"),
        """
        TIMESTAMP,ContextTokens,GeneratedTokens
        2023-11-16 18:17:03.9799600,12,3
        2023-11-16 18:17:04.0319600,7,0

        2023-11-16 18:17:05.0000000,30,2
        """);

    ScratchSweep sweep =
        ScratchSweep.of(
            folder,
            QUICK
                + "decode-tokens = trace\nsequences { trace = trace.csv, format = azure, sample = 9 }");
    CommandRun run = sweep.run();

    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    assertThat(run.err())
        .anyMatch(line -> line.contains("trace.csv: a sample of 9 was asked for, the trace has"));
    assertThat(sorted(sweep).stream().map(row -> row.get(0) + " " + row.get(1) + " " + row.get(2)))
        .containsExactly("0 12 3", "1 7 0", "2 30 2");
    assertThat(sweep.text("manifest.json")).contains("a sample of 9 was asked for");
  }

  private static List<Row> sorted(ScratchSweep sweep) {
    return sweep
        .measurements(SPARK.session())
        .select("sequence_id", "prompt_tokens", "output_tokens")
        .orderBy("sequence_id")
        .collectAsList();
  }

  @Test
  void dryRunOfATraceReadsItAndWritesNothing() {
    ScratchSweep.write(
        folder.resolve("trace.csv"),
        "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,12,3\n");
    ScratchSweep sweep =
        ScratchSweep.of(folder, QUICK + "sequences { trace = trace.csv }\ndecode-tokens = trace");

    CommandRun run = sweep.run("--dry-run");

    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    assertThat(run.out()).contains("1 cell, 1 sequence, 1 rows");
    assertThat(sweep.out()).doesNotExist();
  }

  @Test
  void aBrokenTraceIsNamedWithItsLineAndLeavesNothing() {
    ScratchSweep.write(
        folder.resolve("trace.csv"),
        """
        TIMESTAMP,ContextTokens,GeneratedTokens
        2023-11-16 18:17:03.9799600,12,3
        2023-11-16 18:17:03.9799600,twelve,3
        """);
    ScratchSweep sweep = ScratchSweep.of(folder, QUICK + "sequences { trace = trace.csv }");

    CommandRun run = sweep.run();

    assertThat(run.exitStatus()).isEqualTo(2);
    assertThat(run.err())
        .singleElement()
        .asString()
        .startsWith("headroom: " + folder.resolve("trace.csv") + ", line 3: ")
        .contains("twelve");
    assertThat(run.out()).isEmpty();
    assertThat(sweep.out()).doesNotExist();
  }

  /** 64 samples tell a 90th percentile, 662 a 99th. */
  @Test
  void percentilesAreToldWhereTheSampleIsLargeEnough() {
    ScratchSweep sweep =
        ScratchSweep.of(
            folder,
            """
            models = [qwen2-0.5b]
            kv-heads = [mqa]
            sequences { lengths = [2], count = 2 }
            decode-tokens = 350
            measure { min-samples = 1, max-seconds-per-cell = 30 }
            """);

    assertThat(sweep.run().exitStatus()).isZero();
    assertThat(sweep.measurements(SPARK.session()).collectAsList())
        .allSatisfy(
            row -> {
              assertThat(row.<Long>getAs("decode_samples")).isEqualTo(350);
              assertThat(row.<Long>getAs("decode_ns_p90"))
                  .isGreaterThanOrEqualTo(row.<Long>getAs("decode_ns_p50"));
              assertThat(row.<Long>getAs("decode_ns_p99")).isNull();
            });
    Row merged = sweep.summary(SPARK.session()).first();
    LatencyHistogram histogram = LatencyHistogram.decode(merged.<byte[]>getAs("decode_histogram"));
    assertThat(merged.<Long>getAs("decode_samples")).isEqualTo(700);
    assertThat(merged.<Long>getAs("decode_ns_p99"))
        .isEqualTo(histogram.p99Nanos().orElseThrow())
        .isGreaterThanOrEqualTo(merged.<Long>getAs("decode_ns_p90"));
  }

  /** Data depend on the seed and the sequence alone, not on its neighbours or on waves. */
  @Test
  void theSameSequenceHasTheSameOutputInWhateverOrderItRuns() {
    String body =
        QUICK
            + """
            decode-tokens = 2
            kv-precisions = [bf16]
            verify { sample = 1 }
            """;
    ScratchSweep once = ScratchSweep.of(folder, body + "sequences { lengths = [9, 40, 17] }");
    assertThat(once.run().exitStatus()).isZero();
    Map<Integer, Double> errors = errors(once);
    Path other = folder.resolve("other");
    assertThat(other.toFile().mkdir()).isTrue();
    ScratchSweep permuted =
        ScratchSweep.of(other, body + "sequences { lengths = [17, 40, 9] }\nwave-seconds = 0.001");
    assertThat(permuted.run().exitStatus()).isZero();

    assertThat(errors).hasSize(3);
    assertThat(errors(permuted).get(1)).isEqualTo(errors.get(1));
    assertThat(errors(permuted).get(0)).isNotEqualTo(errors.get(0));
    assertThat(bytesByLength(permuted)).isEqualTo(bytesByLength(once));
  }

  private static Map<Integer, Double> errors(ScratchSweep sweep) {
    return sweep.measurements(SPARK.session()).collectAsList().stream()
        .collect(
            Collectors.toMap(
                row -> row.getAs("sequence_id"), row -> row.getAs("relative_l2_error")));
  }

  private static Map<Integer, Long> bytesByLength(ScratchSweep sweep) {
    return sweep.measurements(SPARK.session()).collectAsList().stream()
        .collect(Collectors.toMap(row -> row.getAs("prompt_tokens"), row -> row.getAs("kv_bytes")));
  }

  private List<Row> rows(String body) {
    return rows(body, "only");
  }

  private List<Row> rows(String body, String name) {
    Path own = folder.resolve(name);
    assertThat(own.toFile().mkdir()).isTrue();
    ScratchSweep sweep = ScratchSweep.of(own, QUICK + body);
    CommandRun run = sweep.run();
    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    return sweep.measurements(SPARK.session()).orderBy("sequence_id").collectAsList();
  }

  private static List<Integer> prompts(List<Row> rows) {
    return rows.stream().map(row -> row.<Integer>getAs("prompt_tokens")).toList();
  }
}
