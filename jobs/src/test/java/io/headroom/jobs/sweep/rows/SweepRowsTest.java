package io.headroom.jobs.sweep.rows;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import io.headroom.attention.OutputVerdict;
import io.headroom.host.Environment;
import io.headroom.jobs.measurements.Status;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.ScratchSweep;
import io.headroom.kvcache.KvFormat;
import io.headroom.measure.LatencyHistogram;
import io.headroom.model.ModelSpec;
import io.headroom.model.config.ModelCatalogue;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.assertj.core.api.SoftAssertions;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a sweep over heads, precisions, windows, caches and lengths writes. */
@Tag("second-compiler")
class SweepRowsTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();
  @TempDir static Path folder;

  private static final int QWEN_LAYERS = 24;
  private static final int LLAMA_LAYERS = 32;
  private static final int HEAD_KINDS_OF_QWEN = 4;
  private static final int HEAD_KINDS_OF_LLAMA = 2;
  private static final int OTHER_AXES = 2 * 2 * 2;
  private static final int SEQUENCES = 2;
  private static final double EXACT = 1e-12;

  private static ScratchSweep sweep;
  private static CommandRun run;
  private static Instant began;
  private static List<Row> rows;
  private static List<Row> ok;

  @BeforeAll
  static void sweep() {
    began = Instant.now();
    sweep =
        ScratchSweep.of(
            folder,
            """
            name = rows
            seed = 7
            models = [qwen2-0.5b, llama-2-7b]
            kv-heads = [model, mha, 7, mqa]
            sequences { lengths = [5, 133] }
            decode-tokens = 3
            kv-precisions = [f32, int8]
            windows = [none, {size = 8, sinks = 2}]
            kv-cache = [on, off]
            measure { min-samples = 2, max-seconds-per-cell = 0.02, noisy-repeats = 1 }
            verify { sample = 1.0 }
            wave-seconds = 6000
            """);
    run = sweep.run();
    rows = sweep.measurements(SPARK.session()).collectAsList();
    ok = rows.stream().filter(row -> row.getAs("status").equals("ok")).toList();
  }

  @Test
  void endsWellThoughSomeCellsCannotBe() {
    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    assertThat(run.out())
        .anyMatch(line -> line.contains("in " + sweep.out() + "/measurements, one row a cell in"))
        .anyMatch(line -> line.equals(OTHER_AXES + " rows are unsupported; column reason says why"))
        .noneMatch(line -> line.contains("failed"));
  }

  /** For Llama-2-7B, model and mha are one cell; seven heads divide Qwen's 14 but not its 32. */
  @Test
  void hasOneRowForEachCellAndSequence() {
    int cells = (HEAD_KINDS_OF_QWEN + HEAD_KINDS_OF_LLAMA) * OTHER_AXES;

    assertThat(ok).hasSize(cells * SEQUENCES);
    assertThat(ok.stream().map(row -> row.<String>getAs("cell_id")).distinct()).hasSize(cells);
    assertThat(ok.stream().map(row -> row.getAs("cell_id") + " " + row.getAs("sequence_id")))
        .doesNotHaveDuplicates();
    assertThat(
            ok.stream()
                .filter(row -> row.getAs("model").equals("llama-2-7b"))
                .map(row -> row.getAs("variant") + " " + row.getAs("kv_heads"))
                .distinct())
        .containsExactlyInAnyOrder("MHA 32", "MQA 1");
    assertThat(
            ok.stream()
                .filter(row -> row.getAs("model").equals("qwen2-0.5b"))
                .map(row -> row.getAs("variant") + " " + row.getAs("kv_heads"))
                .distinct())
        .containsExactlyInAnyOrder("GQA 2", "MHA 14", "GQA 7", "MQA 1");
    assertThat(configurations()).doesNotHaveDuplicates();
  }

  private static List<String> configurations() {
    return ok.stream()
        .map(
            row ->
                Stream.of(
                        "model",
                        "kv_heads",
                        "kv_precision",
                        "kv_cache",
                        "window",
                        "sinks",
                        "engine",
                        "threads",
                        "sequence_id")
                    .map(column -> String.valueOf(row.<Object>getAs(column)))
                    .collect(Collectors.joining(" ")))
        .toList();
  }

  @Test
  void cellsThatCannotBeAreOneRowEach() {
    List<Row> unsupported =
        rows.stream().filter(row -> row.getAs("status").equals("unsupported")).toList();

    assertThat(unsupported)
        .hasSize(OTHER_AXES)
        .allSatisfy(
            row -> {
              assertThat(row.<String>getAs("model")).isEqualTo("llama-2-7b");
              assertThat(row.<Integer>getAs("kv_heads")).isEqualTo(7);
              assertThat(row.<Integer>getAs("query_heads")).isEqualTo(32);
              assertThat(row.<Integer>getAs("group_size")).isNull();
              assertThat(row.<String>getAs("variant")).isNull();
              assertThat(row.<Integer>getAs("sequence_id")).isNull();
              assertThat(row.<Long>getAs("kv_bytes")).isNull();
              assertThat(row.<Long>getAs("prefill_ns")).isNull();
              assertThat(row.<String>getAs("executor_id")).isEqualTo("driver");
              assertThat(row.<String>getAs("reason"))
                  .isEqualTo("kv-heads 7 does not divide the 32 query heads");
            });
    assertThat(unsupported.stream().map(row -> row.<String>getAs("cell_id")))
        .doesNotHaveDuplicates();
  }

  @Test
  void hasTheColumnsThatReadersRelyOn() {
    List<String> columns =
        Arrays.stream(sweep.measurements(SPARK.session()).schema().fields())
            .map(field -> field.name() + " " + field.dataType().simpleString())
            .toList();

    assertThat(columns)
        .containsExactly(
            """
            schema_version int, run_id string, cell_id string, sequence_id int, wave int,
            stage_attempt int, task_attempt int, partition_id int, executor_id string, host string,
            started_at timestamp,
            model string, layers int, hidden_size int, query_heads int, kv_heads int,
            group_size int, variant string, head_dim int, kv_precision string, kv_cache string,
            window int, sinks int, engine string, engine_detail string, threads int,
            contention int, context_shards int, prompt_tokens int, output_tokens int, layers_measured int,
            seed bigint, assumed boolean,
            kv_bytes_per_token bigint, kv_bytes bigint, kv_bytes_allocated bigint,
            kv_bytes_mha bigint, kv_saving double, state_bytes bigint,
            prefill_ns bigint, prefill_ns_low bigint, prefill_ns_high bigint,
            prefill_samples bigint, prefill_histogram binary,
            decode_ns_p50 bigint, decode_ns_p50_low bigint, decode_ns_p50_high bigint,
            decode_ns_p90 bigint, decode_ns_p99 bigint, decode_ns_mean double,
            decode_ns_max bigint, decode_samples bigint, decode_histogram binary,
            warmup_iterations int, steady boolean,
            cpu_wall_ratio double, gc_ms bigint, allocated_bytes bigint, steal_ms bigint,
            involuntary_switches bigint,
            calibration_gflops double, calibration_gbps double, calibration_drift double,
            noisy boolean, measuring_attempt int,
            prefill_gflops double, decode_gbps double, peak_gflops double, stream_gbps double,
            fraction_of_peak double, fraction_of_stream double,
            verified boolean, max_abs_error double, relative_l2_error double,
            predicted_ns bigint, status string, reason string\
            """
                .split(",\\s+"));
  }

  @Test
  void tellsWhoMeasuredAndWhen() {
    assertThat(ok)
        .allSatisfy(
            row -> {
              assertThat(row.<Integer>getAs("schema_version")).isEqualTo(2);
              assertThat(row.<String>getAs("executor_id")).isEqualTo("driver");
              assertThat(row.<String>getAs("host")).isEqualTo(Environment.hostName());
              assertThat(row.<Timestamp>getAs("started_at").toInstant())
                  .isBetween(began.minus(Duration.ofMillis(1)), Instant.now());
              assertThat(row.<Integer>getAs("wave")).isEqualTo(1);
              assertThat(row.<Integer>getAs("stage_attempt")).isZero();
              assertThat(row.<Integer>getAs("task_attempt")).isZero();
              assertThat(row.<Integer>getAs("partition_id")).isNotNegative();
              assertThat(row.<Long>getAs("seed")).isEqualTo(7);
              assertThat(row.<Integer>getAs("layers_measured")).isEqualTo(1);
              assertThat(row.<Integer>getAs("context_shards")).isEqualTo(1);
              assertThat(row.<String>getAs("reason")).isNull();
            });
    assertThat(rows.stream().map(row -> row.<String>getAs("run_id")).distinct()).hasSize(1);
    assertThat(ok.stream().map(row -> row.<String>getAs("engine_detail")).distinct())
        .singleElement()
        .asString()
        .startsWith("panama");
  }

  @Test
  void countsBytesExactly() {
    ModelCatalogue catalogue =
        new ModelCatalogue(SharedData.projectRoot().resolve("conf").resolve("models"));
    SoftAssertions softly = new SoftAssertions();
    for (Row row : ok) {
      ModelSpec model =
          catalogue.find(row.getAs("model")).withKvHeads(row.<Integer>getAs("kv_heads"));
      int window = row.getAs("window");
      ModelSpec windowed = window == 0 ? model : model.withWindow(window, row.getAs("sinks"));
      KvFormat precision = KvFormat.named(row.getAs("kv_precision")).orElseThrow();
      int tokens = row.<Integer>getAs("prompt_tokens") + row.<Integer>getAs("output_tokens");
      boolean cache = row.getAs("kv_cache").equals("on");
      long kvBytes = cache ? windowed.kvBytes(tokens, precision) : 0;
      long mhaBytes = windowed.asMha().kvBytes(tokens, precision);
      softly.assertThat(row.<Long>getAs("kv_bytes")).as(row.toString()).isEqualTo(kvBytes);
      softly.assertThat(row.<Long>getAs("kv_bytes_mha")).as(row.toString()).isEqualTo(mhaBytes);
      softly
          .assertThat(row.<Long>getAs("kv_bytes_per_token"))
          .isEqualTo(cache ? windowed.kvBytesPerToken(precision) : 0);
      softly
          .assertThat(row.<Double>getAs("kv_saving"))
          .isCloseTo(1 - (double) kvBytes / mhaBytes, within());
      softly
          .assertThat(row.<Long>getAs("kv_bytes_allocated"))
          .as(row.toString())
          .isGreaterThanOrEqualTo(kvBytes / row.<Integer>getAs("layers"));
    }
    softly.assertAll();
  }

  private static Offset<Double> within() {
    return Offset.offset(EXACT);
  }

  /** K and V of 4 bytes in 32 layers of 32 heads of 128 channels, for 5 + 3 positions. */
  @Test
  void agreesWithBytesCountedByHand() {
    Row llama =
        one(
            row ->
                row.getAs("model").equals("llama-2-7b")
                    && row.getAs("variant").equals("MHA")
                    && row.getAs("kv_precision").equals("f32")
                    && row.getAs("kv_cache").equals("on")
                    && row.<Integer>getAs("window") == 0
                    && row.<Integer>getAs("prompt_tokens") == 5);
    Row qwen =
        one(
            row ->
                row.getAs("model").equals("qwen2-0.5b")
                    && row.<Integer>getAs("kv_heads") == 2
                    && row.getAs("kv_precision").equals("f32")
                    && row.getAs("kv_cache").equals("on")
                    && row.<Integer>getAs("window") == 8
                    && row.<Integer>getAs("prompt_tokens") == 133);

    assertThat(llama.<Long>getAs("kv_bytes")).isEqualTo(8L * 2 * 4 * LLAMA_LAYERS * 32 * 128);
    assertThat(llama.<Double>getAs("kv_saving")).isZero();
    assertThat(llama.<Integer>getAs("layers")).isEqualTo(LLAMA_LAYERS);
    assertThat(llama.<Integer>getAs("hidden_size")).isEqualTo(4096);
    assertThat(qwen.<Long>getAs("kv_bytes")).isEqualTo((8L + 2) * 2 * 4 * QWEN_LAYERS * 2 * 64);
    assertThat(qwen.<Double>getAs("kv_saving")).isCloseTo(1 - 2.0 / 14, within());
    assertThat(qwen.<Integer>getAs("sinks")).isEqualTo(2);
    assertThat(qwen.<Integer>getAs("group_size")).isEqualTo(7);
    assertThat(qwen.<Integer>getAs("head_dim")).isEqualTo(64);
  }

  private static Row one(Function<Row, Boolean> wanted) {
    List<Row> found = ok.stream().filter(wanted::apply).toList();
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  @Test
  void measuresTimesThatFitTogether() {
    assertThat(ok)
        .allSatisfy(
            row -> {
              assertThat(row.<Long>getAs("prefill_ns")).isPositive();
              assertThat(row.<Long>getAs("prefill_samples")).isBetween(1L, 2L);
              long samples = row.<Long>getAs("decode_samples");
              long median = row.<Long>getAs("decode_ns_p50");
              long most = row.<Long>getAs("decode_ns_max");
              assertThat(samples).isPositive();
              assertThat(median).isPositive().isLessThanOrEqualTo(most);
              assertThat(row.<Double>getAs("decode_ns_mean")).isPositive().isLessThan(most * 1.01);
              assertThat(row.<Long>getAs("decode_ns_p90") == null)
                  .isEqualTo(samples < LatencyHistogram.LEAST_SAMPLES_P90);
              assertThat(row.<Long>getAs("decode_ns_p99")).isNull();
              LatencyHistogram histogram =
                  LatencyHistogram.decode(row.<byte[]>getAs("decode_histogram"));
              assertThat(histogram.samples()).isEqualTo(samples);
              assertThat(histogram.p50Nanos()).hasValue(median);
              assertThat(histogram.maxNanos()).hasValue(most);
              assertThat(row.<Integer>getAs("warmup_iterations")).isPositive();
              assertThat(row.<Boolean>getAs("steady")).isNotNull();
              assertThat(row.<Double>getAs("cpu_wall_ratio")).isPositive();
              assertThat(row.<Long>getAs("gc_ms")).isNotNegative();
              assertThat(row.<Long>getAs("allocated_bytes")).isNotNegative();
              assertThat(row.<Long>getAs("predicted_ns")).isPositive();
            });
  }

  @Test
  void enclosesMediansWhereTheSampleAllows() {
    assertThat(ok)
        .allSatisfy(
            row -> {
              assertThat(row.<Long>getAs("prefill_ns_low")).isNull();
              assertThat(row.<Long>getAs("prefill_ns_high")).isNull();
              LatencyHistogram prefill =
                  LatencyHistogram.decode(row.<byte[]>getAs("prefill_histogram"));
              assertThat(prefill.samples()).isEqualTo(row.<Long>getAs("prefill_samples"));
              assertThat(prefill.p50Nanos()).hasValue(row.<Long>getAs("prefill_ns"));
              if (row.<Long>getAs("decode_samples") < 6) {
                assertThat(row.<Long>getAs("decode_ns_p50_low")).isNull();
                assertThat(row.<Long>getAs("decode_ns_p50_high")).isNull();
                return;
              }
              assertThat(row.<Long>getAs("decode_ns_p50"))
                  .isBetween(
                      row.<Long>getAs("decode_ns_p50_low"), row.<Long>getAs("decode_ns_p50_high"));
            });
  }

  @Test
  void tellsHowQuietTheHostWas() {
    assertThat(ok)
        .allSatisfy(
            row -> {
              assertThat(row.<Double>getAs("calibration_gflops")).isPositive().isFinite();
              assertThat(row.<Double>getAs("calibration_gbps")).isPositive().isFinite();
              double drift = row.<Double>getAs("calibration_drift");
              assertThat(drift).isNotNegative().isFinite();
              assertThat(row.<Boolean>getAs("noisy")).isEqualTo(drift > 0.10);
              assertThat(row.<Integer>getAs("measuring_attempt")).isBetween(1, 2);
            });
    assertThat(rows.stream().filter(row -> row.getAs("status").equals("unsupported")))
        .allSatisfy(row -> assertThat(row.<Boolean>getAs("noisy")).isNull());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void tellsWhatOthersTook() {
    assertThat(ok)
        .allSatisfy(
            row -> {
              assertThat(row.<Long>getAs("steal_ms")).isNotNegative();
              assertThat(row.<Long>getAs("involuntary_switches")).isNotNegative();
            });
  }

  @Test
  void derivesRatesFromTheRow() {
    assertThat(ok)
        .allSatisfy(
            row -> {
              double gflops = row.<Double>getAs("prefill_gflops");
              double peak = row.<Double>getAs("peak_gflops");
              double stream = row.<Double>getAs("stream_gbps");
              assertThat(gflops).isPositive();
              assertThat(peak).isGreaterThan(gflops / 2);
              assertThat(stream).isPositive();
              assertThat(row.<Double>getAs("fraction_of_peak")).isCloseTo(gflops / peak, within());
              if (row.getAs("kv_cache").equals("off")) {
                assertThat(row.<Double>getAs("decode_gbps")).isNull();
                assertThat(row.<Double>getAs("fraction_of_stream")).isNull();
                return;
              }
              double gbps = row.<Double>getAs("decode_gbps");
              assertThat(gbps).isPositive();
              assertThat(row.<Double>getAs("fraction_of_stream"))
                  .isCloseTo(gbps / stream, within());
            });
  }

  @Test
  void comparesEveryOutputWithTheReference() {
    assertThat(ok)
        .allSatisfy(
            row -> {
              KvFormat precision = KvFormat.named(row.getAs("kv_precision")).orElseThrow();
              assertThat(row.<Boolean>getAs("verified")).isTrue();
              assertThat(row.<Double>getAs("relative_l2_error"))
                  .isPositive()
                  .isLessThanOrEqualTo(OutputVerdict.tolerance(precision));
              assertThat(row.<Double>getAs("max_abs_error")).isPositive().isLessThan(1);
            });
    double worstFloat = worstError("f32");
    double worstInt8 = worstError("int8");
    assertThat(worstInt8).isGreaterThan(100 * worstFloat);
  }

  private static double worstError(String precision) {
    return ok.stream()
        .filter(row -> row.getAs("kv_precision").equals(precision))
        .mapToDouble(row -> row.<Double>getAs("relative_l2_error"))
        .max()
        .orElseThrow();
  }

  @Test
  void summarisesEachCell() {
    List<Row> summary = sweep.summary(SPARK.session()).collectAsList();
    Map<String, List<Row>> byCell =
        rows.stream().collect(Collectors.groupingBy(row -> row.<String>getAs("cell_id")));

    assertThat(summary).hasSameSizeAs(byCell.keySet());
    assertThat(summary)
        .allSatisfy(
            cell -> {
              List<Row> measured = byCell.get(cell.<String>getAs("cell_id"));
              for (String column :
                  List.of("model", "kv_heads", "kv_precision", "kv_cache", "window", "engine")) {
                assertThat(cell.<Object>getAs(column))
                    .isEqualTo(measured.get(0).<Object>getAs(column));
              }
              for (Status status : Status.values()) {
                assertThat(cell.<Long>getAs("rows_" + status.label()))
                    .isEqualTo(
                        measured.stream()
                            .filter(row -> row.getAs("status").equals(status.label()))
                            .count());
              }
              if (cell.<Long>getAs("rows_ok") == 0) {
                assertThat(cell.<Long>getAs("sequences")).isZero();
                assertThat(cell.<byte[]>getAs("decode_histogram")).isNull();
                assertThat(cell.<Long>getAs("decode_ns_p50")).isNull();
                assertThat(cell.<String>getAs("reason")).contains("does not divide");
                return;
              }
              assertThat(cell.<Long>getAs("sequences")).isEqualTo(SEQUENCES);
              assertThat(cell.<Long>getAs("prompt_tokens")).isEqualTo(5 + 133);
              assertThat(cell.<Long>getAs("output_tokens")).isEqualTo(SEQUENCES * 3);
              assertThat(cell.<Object>getList(cell.fieldIndex("hosts"))).hasSize(1);
              assertThat(cell.<Long>getAs("verified_rows")).isEqualTo(SEQUENCES);
              LatencyHistogram merged = new LatencyHistogram();
              measured.forEach(
                  row ->
                      merged.add(LatencyHistogram.decode(row.<byte[]>getAs("decode_histogram"))));
              assertThat(cell.<Long>getAs("decode_samples")).isEqualTo(merged.samples());
              assertThat(cell.<Long>getAs("decode_ns_p50"))
                  .isEqualTo(merged.p50Nanos().orElseThrow());
              assertThat(cell.<Long>getAs("decode_ns_p90"))
                  .isEqualTo(merged.p90Nanos().isPresent() ? merged.p90Nanos().getAsLong() : null);
              assertThat(cell.<Long>getAs("noisy_rows")).isEqualTo(count(measured, "noisy"));
              assertThat(cell.<Long>getAs("steady_rows")).isEqualTo(count(measured, "steady"));
              assertThat(cell.<Double>getAs("decode_ns_mean")).isEqualTo(merged.meanNanos());
              assertThat(cell.<Long>getAs("decode_ns_max"))
                  .isEqualTo(merged.maxNanos().orElseThrow());
              assertThat(LatencyHistogram.decode(cell.<byte[]>getAs("decode_histogram")).samples())
                  .isEqualTo(merged.samples());
            });
  }

  private static long count(List<Row> rows, String flag) {
    return rows.stream().filter(row -> row.<Boolean>getAs(flag)).count();
  }

  @Test
  void writesAManifest() throws IOException {
    JsonNode manifest = new ObjectMapper().readTree(sweep.text("manifest.json"));

    assertThat(manifest.path("name").asText()).isEqualTo("rows");
    assertThat(manifest.path("state").asText()).isEqualTo("done");
    assertThat(manifest.path("rows").asInt()).isEqualTo(rows.size());
    assertThat(manifest.path("rows_ok").asInt()).isEqualTo(ok.size());
    assertThat(manifest.path("rows_failed").asInt()).isZero();
    assertThat(manifest.path("rows_unsupported").asInt()).isEqualTo(OTHER_AXES);
    assertThat(manifest.path("rows_noisy").asLong()).isEqualTo(count(ok, "noisy"));
    assertThat(manifest.path("rows_unsteady").asLong()).isEqualTo(ok.size() - count(ok, "steady"));
    assertThat(manifest.path("cells_done").asInt()).isEqualTo(ok.size() / SEQUENCES);
    assertThat(manifest.path("cells_failed").asInt()).isZero();
    assertThat(manifest.path("cells_unsupported").asInt()).isEqualTo(OTHER_AXES);
    assertThat(manifest.path("cells_planned").asInt())
        .isEqualTo(ok.size() / SEQUENCES + OTHER_AXES);
    assertThat(manifest.path("sequences").asInt()).isEqualTo(SEQUENCES);
    assertThat(manifest.path("wall_seconds").asDouble()).isPositive();
    assertThat(manifest.path("git_commit").asText()).isNotEmpty();
    assertThat(manifest.path("headroom_version").asText()).isNotEmpty().isNotEqualTo("unknown");
    assertThat(manifest.path("spark_version").asText()).isEqualTo(SPARK.session().version());
    assertThat(manifest.path("driver").path("java_version").asText()).isNotEmpty();
    assertThat(manifest.path("hosts")).hasSize(1);
    assertThat(manifest.path("hosts").get(0).path("rows").asInt()).isEqualTo(ok.size());
    assertThat(manifest.path("hosts").get(0).path("peak_gflops").asDouble()).isPositive();
    assertThat(manifest.path("measuring_share").asDouble())
        .isCloseTo(
            manifest.path("measuring_seconds").asDouble()
                / manifest.path("slot_seconds").asDouble(),
            Offset.offset(EXACT))
        .isBetween(0.0, 1.0);
    assertThat(manifest.path("prediction_error_p90").asDouble())
        .isGreaterThanOrEqualTo(manifest.path("prediction_error_p50").asDouble())
        .isPositive();
    assertThat(manifest.path("cost_model").path("constants"))
        .extracting(entry -> entry.path("kv_precision").asText() + entry.path("phase").asText())
        .containsExactly("f32prefill", "f32decode", "int8prefill", "int8decode");
    JsonNode resolved = manifest.path("configuration").path("sweep");
    assertThat(resolved.path("decode-tokens").asInt()).isEqualTo(3);
    assertThat(resolved.path("engines").get(0).asText()).isEqualTo("vector");
    assertThat(resolved.path("threads").get(0).asInt()).isEqualTo(1);
  }

  /** Whoever has the results can repeat the sweep: the written configuration gives its cells. */
  @Test
  void writesTheResolvedConfiguration() {
    String resolved = sweep.text("sweep.conf");
    CommandRun again =
        CommandRun.of("sweep", sweep.out().resolve("sweep.conf").toString(), "--dry-run");

    assertThat(ConfigFactory.parseString(resolved).getConfig("sweep").root().keySet())
        .isEqualTo(
            Set.of(
                "name",
                "seed",
                "models",
                "kv-heads",
                "sequences",
                "decode-tokens",
                "kv-precisions",
                "windows",
                "kv-cache",
                "engines",
                "threads",
                "contention",
                "context-shards",
                "measure",
                "verify",
                "wave-seconds"));
    assertThat(again.exitStatus()).isZero();
    Set<String> cellIds =
        ok.stream().map(row -> row.<String>getAs("cell_id")).collect(Collectors.toSet());
    assertThat(
            again.out().stream()
                .map(line -> line.split(" ", -1)[0])
                .filter(word -> word.matches("[0-9a-f]{16}"))
                .collect(Collectors.toSet()))
        .isEqualTo(cellIds);
  }

  @Test
  void tellsHowMuchOfTheTimeWasSpentMeasuring() {
    assertThat(run.err())
        .anyMatch(
            line ->
                line.matches("sweep: measuring took [0-9.]+ of [0-9.]+ slot-seconds: [0-9]+ %"));
  }

  /** Another sweep of the same kind can be predicted from this one. */
  @Test
  void leavesItsCostsToOthers() {
    CommandRun builtIn = CommandRun.of("sweep", sweep.conf().toString(), "--dry-run");
    CommandRun learnt =
        CommandRun.of(
            "sweep", sweep.conf().toString(), "--dry-run", "--costs", sweep.out().toString());

    assertThat(learnt.exitStatus()).as(learnt.err().toString()).isZero();
    assertThat(learnt.out()).hasSameSizeAs(builtIn.out()).isNotEqualTo(builtIn.out());
  }

  @Test
  void leavesNothingButResultsBehind() {
    assertThat(sweep.out().toFile().list())
        .containsExactlyInAnyOrder("manifest.json", "sweep.conf", "measurements", "summary");
    assertThat(sweep.waveFiles()).hasSize(2);
  }
}
