package io.headroom.jobs.plan.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.WithoutSpark;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(WithoutSpark.class)
class PoolCheckTest {
  private static final String HEADER =
      "model,gpu,gpu_visible_gib,tp,pp,gpu_memory_utilization,max_model_len,kv_dtype,weights_gib,"
          + "available_kv_gib,kv_tokens,max_concurrency,vllm_version,source,note";
  private static final String LLAMA =
      "meta-llama/Llama-3.1-8B,H100-80GB,79.18,1,1,0.9,16000,bf16,14.99,51.38,,,0.11.0,log,";

  /** Logs whose engine was loaded in another way than most: experts padded by Marlin. */
  private static final List<Double> OTHERS = List.of(1.71);

  /** Its sampler is not the peak as that of other models on the same machine is. */
  private static final List<Double> UNEXPLAINED = List.of(28.2);

  @TempDir Path folder;

  @Test
  void aPoolIsHeldAgainstItsLog() throws IOException {
    JsonNode report = json(file(LLAMA));

    JsonNode row = report.path("rows").get(0);
    assertThat(row.path("model").asText()).isEqualTo("meta-llama/Llama-3.1-8B");
    assertThat(row.path("gpu").asText()).isEqualTo("H100-80GB");
    assertThat(row.path("logged_gib").asDouble()).isEqualTo(51.38);
    assertThat(row.path("predicted_gib").asDouble()).isCloseTo(51.38, within(0.05));
    assertThat(row.path("logged_tokens").isNull()).isTrue();
    assertThat(row.path("predicted_tokens").asLong()).isBetween(420_000L, 422_000L);
    assertThat(row.path("reason").isNull()).isTrue();
    assertThat(report.path("rows_compared").asLong()).isEqualTo(1);
    assertThat(report.path("mean_absolute_percentage_error").asDouble())
        .isCloseTo(Math.abs(row.path("predicted_gib").asDouble() / 51.38 - 1), within(1e-12));
  }

  @Test
  void theObjectHasItsKeysAndNoOthers() throws IOException {
    JsonNode report = json(file(LLAMA));

    assertThat(report.fieldNames())
        .toIterable()
        .containsExactly("rows", "rows_compared", "mean_absolute_percentage_error");
    assertThat(report.path("rows").get(0).fieldNames())
        .toIterable()
        .containsExactly(
            "model",
            "gpu",
            "logged_gib",
            "predicted_gib",
            "logged_tokens",
            "predicted_tokens",
            "reason");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a/b,H100-80GB,79.18,1,1,0.9,16000,bf16,,5,,,,,| model a/b is not in the catalogue",
        "Qwen/Qwen3-8B,some GPU,,1,1,0.9,16000,bf16,,5,,,,,| the visible memory of some GPU is not known",
        "Qwen/Qwen3-8B,H100-80GB,,1,1,,16000,bf16,,5,,,,,| gpu_memory_utilization is not stated",
        "Qwen/Qwen3-8B,H100-80GB,,1,1,0.9?,16000,bf16,,5,,,,,| gpu_memory_utilization is a guess",
        "Qwen/Qwen3-8B,H100-80GB,79?,1,1,0.9,16000,bf16,,5,,,,,| gpu_visible_gib is a guess",
        "Qwen/Qwen3-8B,H100-80GB,,1,1,0.9,16000,bf16,,,,,,,| no pool is logged",
        "Qwen/Qwen3-8B,H100-80GB,,1,1,0.9,16000,bf16,,,1000,,,,| tokens alone are logged",
        "Qwen/Qwen3-8B,DGX Spark GB10,121.7,1,1,0.5,16000,bf16,,5,,,,,| the memory of DGX Spark GB10 is the host's too",
        "Qwen/Qwen3.5-27B,H100-80GB,,1,1,0.9,16000,bf16,,5,,,,,| weights that are not counted: vision tower",
        "Qwen/Qwen3-8B,H100-80GB,,2,1,0.9,16000,bf16,,5,10000,,,,| the logged tokens take 0.69 GiB: pool and tokens are of different ranks"
      })
  void whatIsNotKnownIsSaidAndNotCompared(String row, String reason) throws IOException {
    JsonNode report = json(file(row));

    assertThat(report.path("rows").get(0).path("reason").asText()).startsWith(reason);
    assertThat(report.path("rows_compared").asLong()).isZero();
    assertThat(report.path("mean_absolute_percentage_error").isNull()).isTrue();
  }

  @Test
  void aNegativePoolIsInfeasible() throws IOException {
    JsonNode row =
        json(file("openai/gpt-oss-120b,H100-80GB,,1,1,0.9,,bf16,65.9651,-2.14,,,0.10,log,"))
            .path("rows")
            .get(0);

    assertThat(row.path("predicted_gib").asDouble()).isNegative();
    assertThat(row.path("predicted_tokens").asLong()).isZero();
    assertThat(row.path("reason").asText())
        .startsWith("infeasible: weights of 64.55, activations of 7.");
  }

  @Test
  void windowedModelsAreComparedByConcurrencyTimesLength() throws IOException {
    JsonNode row =
        json(file(
                "google/gemma-3-27b-it,MI300X (ROCm),,1,1,0.9,4096,bf16,51.79,109.86,999,50.05,0.11.0,log,"))
            .path("rows")
            .get(0);

    assertThat(row.path("logged_tokens").asLong()).isEqualTo(205_005);
    assertThat(row.path("predicted_tokens").asLong()).isBetween(200_000L, 210_000L);
  }

  @Test
  void modelsOfAFolderGoFirst() throws IOException {
    Path models = Files.createDirectory(folder.resolve("models"));
    Files.copy(
        SharedData.projectRoot().resolve("conf/models/qwen3-0.6b.json"),
        models.resolve("nobody--Own.json"));
    Path table = file(LLAMA.replace("meta-llama/Llama-3.1-8B", "nobody/Own"));

    JsonNode row = json(table, "--models", models.toString()).path("rows").get(0);

    assertThat(row.path("reason").isNull()).isTrue();
    assertThat(row.path("predicted_gib").asDouble()).isCloseTo(64.46, within(0.05));
  }

  @Test
  void overheadsCanBeChanged() throws IOException {
    double usual = predicted(json(file(LLAMA)));

    assertThat(usual - predicted(json(file(LLAMA), "--set", "other-gib=2.13")))
        .isCloseTo(2, within(1e-6));
  }

  @Test
  void overheadsCanBeChangedByAFile() throws IOException {
    Path overheads = folder.resolve("overheads.conf");
    Files.writeString(overheads, "overheads { other-gib = 2.13 }");
    double usual = predicted(json(file(LLAMA)));

    assertThat(usual - predicted(json(file(LLAMA), "--overheads", overheads.toString())))
        .isCloseTo(2, within(1e-6));
    assertThat(
            predicted(
                json(file(LLAMA), "--overheads", overheads.toString(), "--set", "other-gib=0.13")))
        .as("--set goes before the file")
        .isEqualTo(usual);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "overheads { other-gb = 1 } | unknown key overheads.other-gb; allowed: sampler-bytes",
        "overheads { other-gib = 9 } | overheads.other-gib = 9",
        "other-gib = 1 | overheads is missing"
      })
  void aFileOfOverheadsIsReadStrictly(String text, String message) throws IOException {
    Path overheads = folder.resolve("overheads.conf");
    Files.writeString(overheads, text);

    mistake(
        plan("--check-pool", file(LLAMA).toString(), "--overheads", overheads.toString()), message);
  }

  @Test
  void theTableSaysWhereTheVisibleMemoryIsFrom() throws IOException {
    CommandRun run = plan("--check-pool", file(LLAMA, LLAMA.replace("79.18", "")).toString());

    assertThat(run.out()).filteredOn(line -> line.contains("79.18 by its name")).hasSize(1);
    assertThat(run.out()).filteredOn(line -> line.contains(" 79.18 ")).hasSize(2);
  }

  /** 1,024 sequences are sampled unless the note says otherwise. */
  @Test
  void flagsOfTheNoteAreRead() throws IOException {
    double usual = predicted(json(file(LLAMA)));

    assertThat(predicted(json(file(LLAMA + "max_num_seqs 512"))) - usual)
        .isCloseTo(512 * 128_256 * 38.3 / (1L << 30), within(1e-6));
    assertThat(predicted(json(file(LLAMA + "max_num_batched_tokens=256"))) - usual)
        .isGreaterThan(3);
  }

  @Test
  void theTableIsReadWithoutJsonToo() throws IOException {
    CommandRun run = plan("--check-pool", file(LLAMA).toString());

    assertThat(run.exitStatus()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(String.join("\n", run.out()))
        .contains("meta-llama/Llama-3.1-8B")
        .containsPattern("mean absolute error of the 1 pools that are compared: 0\\.\\d+ %");
  }

  /** What real engines logged: within 5 % of the pool or 1 % of the visible memory. */
  @Test
  void realPoolsAreMet() {
    JsonNode report = json(SharedData.require("serving/kvpool.csv"));

    List<String> missed = new ArrayList<>();
    int met = 0;
    for (JsonNode row : report.path("rows")) {
      double logged = row.path("logged_gib").asDouble();
      boolean compared = row.path("reason").isNull() && logged > 0;
      if (!compared || OTHERS.contains(logged) || UNEXPLAINED.contains(logged)) {
        continue;
      }
      double error = Math.abs(row.path("predicted_gib").asDouble() - logged);
      if (error > Math.max(0.05 * logged, 0.7918)) {
        missed.add(row.toString());
      } else {
        met++;
      }
    }
    assertThat(missed).isEmpty();
    assertThat(met).isGreaterThanOrEqualTo(9);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model,gpu | line 1: missing columns: gpu_visible_gib, tp, pp, gpu_memory_utilization",
        "'' | a header is needed, with the columns model, gpu, "
      })
  void aTableWithoutItsColumnsIsAMistake(String header, String message) throws IOException {
    Path file = folder.resolve("pools.csv");
    Files.writeString(file, header);

    mistake(plan("--check-pool", file.toString()), file + ": " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a/b,H100,abc,1,1,0.9,16000,bf16,,5,,,,,| gpu_visible_gib must be a number from 0.001 to 65536: \"abc\"",
        "a/b,H100,-79,1,1,0.9,16000,bf16,,5,,,,,| gpu_visible_gib must be a number from 0.001 to 65536: \"-79\"",
        "a/b,H100,NaN,1,1,0.9,16000,bf16,,5,,,,,| gpu_visible_gib must be a number from 0.001 to 65536: \"NaN\"",
        "a/b,H100,79,0,1,0.9,16000,bf16,,5,,,,,| tp must be a number from 1 to 65536: \"0\"",
        "a/b,H100,79,1.5,1,0.9,16000,bf16,,5,,,,,| tp must be an integer from 1 to 65536: \"1.5\"",
        "a/b,H100,79,1,1,90,16000,bf16,,5,,,,,| gpu_memory_utilization must be a number from 0.01 to 1: \"90\"",
        "a/b,H100,79,1,1,0.9,16k,bf16,,5,,,,,| max_model_len must be a number from 1 to 1073741824: \"16k\"",
        "a/b,H100,79,1,1,0.9,16000,bf17,,5,,,,,| kv_dtype must be one of fp16, f32, f16, bf16",
        "a/b,H100,79,1,1,0.9,16000,bf16,-1,5,,,,,| weights_gib must be a number from 0 to 65536: \"-1\"",
        "a/b,H100,79,1,1,0.9,16000,bf16,,many,,,,,| available_kv_gib must be a number from -65536 to 65536: \"many\"",
        "a/b,H100,79,1,1,0.9,16000,bf16,,5,-3,,,,| kv_tokens must be a number from 0 to 2147483647: \"-3\"",
        ",H100,79,1,1,0.9,16000,bf16,,5,,,,,| model must not be empty: \"\"",
        "a/b,H100,79| expected 15 columns, found 3",
        "'a/b,\"H100,79,1,1,0.9,16000,bf16,,5,,,,,'| a quote must end on its line, before a separator"
      })
  void aValueThatCannotBeIsAMistake(String row, String message) throws IOException {
    Path file = file(LLAMA, row);

    mistake(plan("--check-pool", file.toString()), file + ": line 3: " + message);
  }

  @Test
  void whatIsAskedForInAWrongWayIsAMistake() throws IOException {
    Path missing = folder.resolve("none.csv");
    String table = file(LLAMA).toString();

    mistake(plan(), "plan: one is needed: CONF, --check FILE.csv, or --check-pool FILE.csv");
    mistake(plan("--check-pool", missing.toString()), missing + ": no such file");
    mistake(
        plan("--check-pool", table, "--models", missing.toString()), missing + ": no such folder");
    mistake(
        plan("--check-pool", table, "--set", "nothing=1"),
        "--set nothing=1: unknown; allowed: KEY=VALUE with one of sampler-bytes-per-logit, ");
    mistake(
        plan("--check-pool", table, "--set", "other-gib=-1"),
        "--set other-gib=-1: must be a number from 0.0 to 8.0");
    mistake(
        plan("--check-pool", table, "--set", "other-gib"),
        "--set other-gib: must be a number from 0.0 to 8.0");
  }

  private static void mistake(CommandRun run, String message) {
    assertThat(run.exitStatus()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).hasSize(1);
    assertThat(run.err().get(0)).contains(message);
  }

  private Path file(String... rows) throws IOException {
    Path file = folder.resolve("pools.csv");
    Files.writeString(file, HEADER + "\n" + String.join("\n", rows) + "\n");
    return file;
  }

  private static double predicted(JsonNode report) {
    return report.path("rows").get(0).path("predicted_gib").asDouble();
  }

  private static JsonNode json(Path table, String... more) {
    return plan(Stream.concat(
                Stream.of("--check-pool", table.toString(), "--json"), Stream.of(more))
            .toArray(String[]::new))
        .json();
  }

  private static CommandRun plan(String... arguments) {
    return CommandRun.of(
        Stream.concat(Stream.of("plan"), Stream.of(arguments)).toArray(String[]::new));
  }
}
