package io.headroom.jobs.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.RowBuilder;
import io.headroom.jobs.testkit.ScratchResults;
import io.headroom.jobs.testkit.ScratchSweep;
import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.accelerator.KernelCall;
import io.headroom.plan.accelerator.KernelFamily;
import io.headroom.plan.accelerator.KernelModel;
import io.headroom.plan.accelerator.ProfileFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A host becomes an accelerator by the rows of a sweep. */
@Tag("second-compiler")
class SweepCalibrationTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final String KERNEL = "vector made-up threads=1";

  @TempDir Path folder;

  @Test
  void aSweepIsMeasuredAndItsHostCalibratedAndChecked() throws IOException {
    ScratchSweep sweep =
        ScratchSweep.of(
            folder,
            """
            models = [qwen2-0.5b]
            kv-heads = [mha, mqa]
            sequences { lengths = [16, 32], count = 2 }
            decode-tokens = 2
            kv-precisions = [f32, bf16]
            measure { min-samples = 2, max-seconds-per-cell = 0.1, noisy-repeats = 0 }
            verify { sample = 0 }
            """);
    assertThat(sweep.run().exitStatus()).isZero();
    // Whether this machine was quiet decides nothing here.
    Path quiet = folder.resolve("quiet");
    write(
        quiet,
        sweep
            .measurements(SPARK.session())
            .withColumn("noisy", functions.lit(false))
            .collectAsList());
    Files.copy(
        sweep.out().resolve("manifest.json"),
        quiet.resolve("manifest.json"),
        StandardCopyOption.REPLACE_EXISTING);
    Path profile = folder.resolve("profile.json");

    CommandRun fitted = calibrate(quiet, "--out", profile.toString());
    assertThat(fitted.exitStatus()).as("%s", fitted.err()).isZero();
    JsonNode checked =
        calibrate(quiet, "--profile", profile.toString(), "--check", "--json").json();
    JsonNode keptOut = calibrate(quiet, "--kept-out", "rows", "--json").json();

    for (String family : List.of("decode", "prefill")) {
      assertThat(checked.path(family).path("rows").asInt()).as(family).isEqualTo(16);
      assertThat(checked.path(family).path("repeated_rows").asInt()).as(family).isEqualTo(16);
      assertThat(checked.path(family).path("mean_absolute_percentage_noise").isNumber()).isTrue();
      assertThat(keptOut.path(family).path("rows").asInt()).as(family).isEqualTo(16);
    }
    assertThat(checked.has("gemm")).isFalse();
    AcceleratorProfile read = ProfileFile.read(profile);
    assertThat(read.sheet().host()).isTrue();
    assertThat(read.sheet().processors()).isEqualTo(1);
    assertThat(read.sheet().bandwidthBytesPerSecond()).isGreaterThan(1e8);
    assertThat(read.provenance().get("decode")).startsWith("sweep sweep, run ");
  }

  @Test
  void rowsBecomeCallsThatMeanTheSame() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int tokens = 64; tokens <= 4096; tokens *= 2) {
      for (int kvHeads : List.of(1, 2, 4, 8)) {
        rows.add(row(kvHeads, tokens, 2).build());
      }
    }
    Path results = folder.resolve("results");
    ScratchResults.write(results, SPARK.session(), rows);
    Path profile = folder.resolve("profile.json");

    CommandRun fitted = calibrate(results, "--out", profile.toString());

    assertThat(fitted.exitStatus()).isZero();
    assertThat(fitted.err())
        .contains("the last-level cache of one is not known: assumed to be 32 MiB");
    AcceleratorProfile host = ProfileFile.read(profile);
    assertThat(host.sheet().memoryBytes()).isEqualTo(1073741824);
    assertThat(host.sheet().bandwidthBytesPerSecond()).isEqualTo(1e10);
    assertThat(host.sheet().bf16FlopsPerSecond()).isEqualTo(1e11);
    // One of two layers: 512 prompt tokens, of 4 decoded ones the middle one sees 514.
    assertThat(millis(host, KernelFamily.DECODE, 1, 8, 2, 64, 512, 2, 0))
        .isCloseTo(decodeMillis(2, 514), Percentage.withPercentage(5));
    assertThat(millis(host, KernelFamily.PREFILL, 1, 512, 8, 2, 64, 0))
        .isCloseTo(prefillMillis(512), Percentage.withPercentage(5));
    assertThat(millis(host, KernelFamily.DECODE, 16, 8, 2, 64, 512, 2, 0))
        .as("a host takes the sequences of a batch one after another")
        .isEqualTo(16 * millis(host, KernelFamily.DECODE, 1, 8, 2, 64, 512, 2, 0));
  }

  @Test
  void rowsThatSayNothingOfOneKernelAreLeftOutAndCounted() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int tokens = 64; tokens <= 1024; tokens *= 2) {
      rows.add(row(2, tokens, 1).build());
    }
    rows.add(row(4, 64, 1).set("noisy", true).build());
    rows.add(row(4, 64, 1).set("kv_cache", "off").build());
    rows.add(row(4, 64, 1).set("context_shards", 2).build());
    rows.add(row(4, 64, 1).set("kv_precision", "int8/int4").build());
    rows.add(row(4, 64, 1).set("engine_detail", null).build());
    rows.add(row(4, 64, 1).set("status", "failed").build());
    // Its operations are those of the two layers that it has, of which one has a window.
    rows.add(row(4, 64, 2).set("prefill_gflops", 1.0).build());
    Path results = folder.resolve("results");
    ScratchResults.write(results, SPARK.session(), rows);

    CommandRun kept = calibrate(results, "--kept-out", "rows", "--json");

    assertThat(kept.exitStatus()).isZero();
    assertThat(kept.err())
        .contains(
            results
                + ": rows left out: 1 noisy, 1 of a precision that no table names, 1 of layers that"
                + " are not alike, or whose values are of another size, 1 over several tasks,"
                + " 1 without a cache, 1 without a value that is needed");
    assertThat(kept.json().path("decode").path("rows").asInt()).isEqualTo(5);
  }

  @Test
  void whatIsWrongWithResultsIsTold() throws IOException {
    Path results = folder.resolve("results");
    ScratchResults.write(
        results,
        SPARK.session(),
        List.of(row(2, 64, 1).build(), row(2, 128, 1).set("host", "two").build()));
    refused(results, "host", results + ": rows of several hosts; allowed: those of one: one, two");
    refused(results, "h100_sxm", "--gpu: a host that a sweep measured needs a name that none of ");
    refused(results, "my host", "--gpu: a host's name has letters, digits, _ and - alone");

    Path noisy = folder.resolve("noisy");
    ScratchResults.write(noisy, SPARK.session(), List.of(row(2, 64, 1).set("noisy", true).build()));
    refused(noisy, "host", noisy + ": no row that can be used; needed: one of status ok");
    Path failed = folder.resolve("failed");
    ScratchResults.write(
        failed, SPARK.session(), List.of(row(2, 64, 1).set("status", "failed").build()));
    refused(failed, "host", "measured on a quiet host: no row is ok");

    Path later = folder.resolve("later");
    ScratchResults.writeManifest(later, MeasurementTable.SCHEMA_VERSION + 1);
    refused(later, "host", later + ": manifest.json: schema_version = 3; allowed: 2");
    Path without = folder.resolve("without");
    ScratchResults.writeManifest(without, MeasurementTable.SCHEMA_VERSION);
    refused(without, "host", without + ": holds no measurements; allowed: the results of a sweep");
    Path broken = folder.resolve("broken");
    ScratchResults.writeManifest(broken, MeasurementTable.SCHEMA_VERSION);
    Files.createDirectories(broken.resolve("measurements"));
    Files.writeString(broken.resolve("measurements").resolve("a.parquet"), "none");
    refused(broken, "host", "no whole Parquet files");
  }

  /**
   * Eight query heads of 64 over so many tokens; the times of so many layers as a formula has them.
   */
  private static RowBuilder row(int kvHeads, int tokens, int layers) {
    double pairs = tokens * (tokens + 1) / 2.0;
    long prefill = Math.round(1e6 * layers * prefillMillis(tokens));
    return ScratchResults.measured("made-up", kvHeads, "bf16", tokens)
        .set("host", "one")
        .set("executor_id", "driver")
        .set("engine_detail", "made-up")
        .set("head_dim", 64)
        .set("layers_measured", layers)
        .set("output_tokens", 4)
        .set("peak_gflops", 100.0)
        .set("stream_gbps", 10.0)
        .set("prefill_ns", prefill)
        .set("prefill_gflops", layers * 4 * pairs * 8 * 64 / prefill)
        .set("decode_ns_p50", Math.round(1e6 * layers * decodeMillis(kvHeads, tokens + 2)));
  }

  private static double prefillMillis(int tokens) {
    return 0.01 + 4e3 * tokens * tokens * 8 * 64 / 1e11;
  }

  private static double decodeMillis(int kvHeads, int tokens) {
    return 0.005 + 2e3 * 2 * 2 * kvHeads * 64 * tokens / 1e10;
  }

  private static double millis(AcceleratorProfile host, KernelFamily family, double... numbers) {
    KernelModel model = host.model(family).orElseThrow();
    return model.millis(new KernelCall(List.of(KERNEL, "bfloat16"), numbers), host.sheet());
  }

  private void refused(Path results, String name, String message) {
    Path profile = folder.resolve("profile.json");
    CommandRun run =
        CommandRun.of(
            "calibrate",
            "--measurements",
            results.toString(),
            "--gpu",
            name,
            "--out",
            profile.toString());

    assertThat(run.exitStatus()).isEqualTo(2);
    assertThat(run.err()).anyMatch(line -> line.contains(message));
    assertThat(profile).doesNotExist();
  }

  private static CommandRun calibrate(Path results, String... more) {
    return CommandRun.of(
        Stream.concat(
                Stream.of("calibrate", "--measurements", results.toString(), "--gpu", "my_host"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private static void write(Path results, List<Row> rows) {
    ScratchResults.write(results, SPARK.session(), rows);
  }
}
