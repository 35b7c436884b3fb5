package io.headroom.jobs.plan.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.WithoutSpark;
import io.headroom.model.config.HubModels;
import io.headroom.model.config.ModelCatalogue;
import io.headroom.plan.accelerator.ProfileFile;
import io.headroom.plan.memory.EngineOverheads;
import io.headroom.plan.serving.ClosedLoop;
import io.headroom.plan.time.EngineCosts;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(WithoutSpark.class)
class ServingCheckTest {
  private static final String HEADER =
      "gpu,model,framework,version,tp,pp,attention_dp,moe_tp,moe_ep,weights,isl,osl,concurrency,"
          + "lengths,ttft_ms,tpot_ms";
  private static final String LLAMA =
      "h100_sxm,meta-llama/Llama-3.1-8B-Instruct,trtllm,1.0.0rc3,1,1,1,1,1,,1024,256,64,"
          + "as stated,195.95,15.2";
  private static final String GPT_OSS =
      "h100_sxm,openai/gpt-oss-120b,vllm,0.18.0,8,1,1,8,1,nvfp4,1024,1024,4,"
          + "uniform 0.8-1.0 of nominal,31.78,3.638";

  @TempDir Path folder;

  @Test
  void aRunIsHeldAgainstWhatTheServerDid() throws IOException {
    JsonNode report = json(file(LLAMA, GPT_OSS));

    assertThat(report.path("tpot").path("points").asInt()).isEqualTo(2);
    assertThat(report.path("tpot").path("mean_absolute_percentage_error").asDouble())
        .isBetween(1e-4, 0.1);
    assertThat(report.path("by")).hasSize(2);
    assertThat(report.path("by").get(0).path("model").asText())
        .isEqualTo("meta-llama/Llama-3.1-8B-Instruct");
    assertThat(report.path("skipped")).isEmpty();
  }

  @Test
  void theObjectHasItsKeysAndNoOthers() throws IOException {
    JsonNode report = json(file(LLAMA, LLAMA.replace("h100_sxm", "tpu_v9")));

    assertThat(report.fieldNames()).toIterable().containsExactly("tpot", "ttft", "by", "skipped");
    for (JsonNode errors : List.of(report.path("tpot"), report.path("by").get(0).path("ttft"))) {
      assertThat(errors.fieldNames())
          .toIterable()
          .containsExactly(
              "points",
              "mean_absolute_percentage_error",
              "median_absolute_percentage_error",
              "p90_absolute_percentage_error");
    }
    assertThat(report.path("by").get(0).fieldNames())
        .toIterable()
        .containsExactly("gpu", "model", "framework", "tpot", "ttft");
    assertThat(report.path("skipped").get(0).fieldNames())
        .toIterable()
        .containsExactly("reason", "points");
  }

  @Test
  void everyRunHasItsBand() throws IOException {
    Path rows = folder.resolve("rows.csv");

    CommandRun run = plan("--check", file(LLAMA, GPT_OSS).toString(), "--rows", rows.toString());

    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    assertThat(run.out()).anyMatch(line -> line.startsWith("TPOT within its band: 100 %"));
    List<CsvRow> read = CsvTable.read(rows, List.of("predicted_tpot_ms", "basis")).rows();
    assertThat(read).hasSize(2);
    for (CsvRow row : read) {
      double predicted = row.number("predicted_tpot_ms", 0, 100).getAsDouble();
      assertThat(row.number("least_tpot_ms", 0, 100).getAsDouble()).isLessThan(predicted);
      assertThat(row.number("most_tpot_ms", 0, 100).getAsDouble()).isGreaterThan(predicted);
    }
    // Experts in mxfp4 were not measured on this accelerator.
    assertThat(read.get(1).text("basis")).contains("extrapolated");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "h100_sxm | tpu_v9 | no profile of the accelerator: tpu_v9",
        "meta-llama/Llama-3.1-8B-Instruct | nobody/None | model nobody/None is not in the catalogue",
        "trtllm | paper | framework must be one of vllm, sglang, trtllm: paper",
        ",,1024,256 | ,fp3,1024,256 | weights must be one of bfloat16, fp8, fp8_block, nvfp4, int4: fp3",
        "Llama-3.1-8B-Instruct | Llama-3.1-405B | predicted not to fit: weights and activations leave no room for a sequence"
      })
  void whatIsNotKnownIsSkippedWithItsReason(String said, String instead, String reason)
      throws IOException {
    JsonNode report = json(file(LLAMA.replace(said, instead)));

    assertThat(report.path("tpot").path("points").asInt()).isZero();
    assertThat(report.path("tpot").path("mean_absolute_percentage_error").isNull()).isTrue();
    assertThat(report.path("skipped").get(0).path("reason").asText()).startsWith(reason);
    assertThat(report.path("skipped").get(0).path("points").asInt()).isEqualTo(1);
  }

  @Test
  void aCheckpointIsQuantisedAgainToWhatIsSmaller() throws IOException {
    String deepSeek = GPT_OSS.replace("openai/gpt-oss-120b", "deepseek-ai/DeepSeek-V3");
    Path rows = folder.resolve("rows.csv");
    String h200 = deepSeek.replace("h100_sxm", "h200_sxm");

    plan(
        "--check",
        file(h200.replace("nvfp4", ""), h200.replace("nvfp4", "fp8"), h200).toString(),
        "--rows",
        rows.toString());

    double[] tpot = column(rows, "predicted_tpot_ms");
    // It is in fp8 by itself.
    assertThat(tpot[1]).isCloseTo(tpot[0], within(1e-9));
    assertThat(tpot[2]).isLessThan(tpot[0]);
  }

  @Test
  void expertsInAnotherTypeThanTheRestAreSkipped() throws IOException {
    Path table = folder.resolve("experts.csv");
    Files.writeString(table, HEADER + ",moe_weights\n" + GPT_OSS + ",fp8\n");

    assertThat(json(table).path("skipped").get(0).path("reason").asText())
        .isEqualTo("moe_weights must be as weights: fp8, nvfp4");
  }

  @Test
  void expertsAreOnAsManyRanksAsAttention() throws IOException {
    JsonNode report = json(file(GPT_OSS.replace("8,1,1,8,1", "8,1,1,4,1")));

    assertThat(report.path("skipped").get(0).path("reason").asText())
        .isEqualTo("moe_tp x moe_ep must be tp x attention_dp: 4 x 1, 8 x 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "195.95,15.2 | 195.95, | line 2: tpot_ms must not be empty: \"\"",
        "195.95,15.2 | 195.95,-1 | line 2: tpot_ms must be a number from 0.001 to 1000000000",
        "1024,256,64 | 1024,0,64 | line 2: osl must be a number from 1 to 16777216: \"0\"",
        "as stated | about | line 2: lengths must be \"as stated\" or \"uniform 0.8-1.0 of nominal\": \"about\""
      })
  void aWrongTableIsTheUsersMistake(String said, String instead, String message)
      throws IOException {
    CommandRun run =
        plan("--check", file(LLAMA.replace(said, instead == null ? "" : instead)).toString());

    assertThat(run.exitStatus()).isEqualTo(2);
    assertThat(run.err()).hasSize(1);
    assertThat(run.err().get(0)).contains(message);
  }

  @Test
  void whatTheServerWasSetUpForIsTakenFromItsRow() throws IOException {
    Path table = folder.resolve("limits.csv");
    Files.writeString(
        table,
        HEADER
            + ",max_num_batched_tokens,max_num_seqs\n"
            + String.join("\n", LLAMA + ",,", LLAMA + ",1600,", LLAMA + ",16384,64", LLAMA + ",,32")
            + "\n");
    Path rows = folder.resolve("rows.csv");

    assertThat(plan("--check", table.toString(), "--rows", rows.toString()).exitStatus()).isZero();

    double[] ttft = column(rows, "predicted_ttft_ms");
    // Without a word there is room for a prompt, 64 sequences and 500 tokens: 1,588, so for one.
    assertThat(ttft[1]).isCloseTo(ttft[0], within(1e-6));
    assertThat(ttft[2]).isGreaterThan(1.2 * ttft[0]);
    assertThat(ttft[3]).isGreaterThan(5 * ttft[0]);
  }

  @Test
  void aStepWithoutTokensIsTheUsersMistake() throws IOException {
    Path table = folder.resolve("limits.csv");
    Files.writeString(table, HEADER + ",max_num_batched_tokens\n" + LLAMA + ",0\n");

    assertThat(plan("--check", table.toString()).err())
        .singleElement()
        .asString()
        .contains("line 2: max_num_batched_tokens must be a number from 1 to 1048576: \"0\"");
  }

  @Test
  void otherCostsThanTheKnownOnesCanBeTaken() throws IOException {
    Path table = file(LLAMA, GPT_OSS);
    double known = tpotError(json(table));

    assertThat(tpotError(json(table, "--costs", "none"))).isNotCloseTo(known, within(1e-3));
    assertThat(plan("--check", table.toString(), "--costs", "guessed").err())
        .containsExactly("headroom: --costs must be one of known, none, fitted, left-out: guessed");
    assertThat(plan("--check", file(LLAMA).toString(), "--costs", "left-out").err())
        .singleElement()
        .asString()
        .contains("--costs left-out: the table has no runs with another model than");
  }

  @Test
  void costsAreFoundAgainFromRunsThatTheyMade() throws IOException {
    EngineCosts made = EngineCosts.of("sglang").orElseThrow().with(3.2, 0.1, 1.15, "made up");
    ServingCheck check =
        new ServingCheck(
            new HubModels(
                new ModelCatalogue(SharedData.projectRoot().resolve("conf/models")),
                Optional.empty()),
            name ->
                ProfileFile.read(
                    SharedData.projectRoot().resolve("conf/accelerators/%s.json".formatted(name))),
            EngineOverheads.USUAL);
    List<String> rows =
        Stream.of(1, 4, 16, 64)
            .map(count -> LLAMA.replace("trtllm", "sglang").replace("256,64", "256," + count))
            .toList();
    List<String> madeRows = new ArrayList<>();
    for (PreparedRun run : check.prepare(runs(rows)).values()) {
      ClosedLoop.Result result = run.predict(made);
      madeRows.add(
          rows.get(madeRows.size())
              .replace("195.95,15.2", result.ttftMillis() + "," + result.tpotMillis()));
    }
    List<PreparedRun> served = List.copyOf(check.prepare(runs(madeRows)).values());

    EngineCosts found = EngineCostFit.fit(made, served);

    assertThat(found.hostMillis()).isCloseTo(3.2, within(0.4));
    assertThat(found.scale()).isCloseTo(1.15, within(0.06));
  }

  /** Every sixteenth of the table, but for those whose times are not their servers' alone. */
  @Test
  void runsOfRealServersAreMet() throws IOException {
    List<String> lines =
        Files.readAllLines(SharedData.require("serving").resolve("closed-loop.csv"));
    List<String> some = new ArrayList<>(List.of(lines.get(0)));
    for (int i = 8; i < lines.size(); i += 16) {
      boolean isBoundByClient = lines.get(i).contains(",512,uniform");
      boolean isUnexplained = lines.get(i).contains(",vllm,") && lines.get(i).contains(",fp8,");
      if (!isBoundByClient && !isUnexplained) {
        some.add(lines.get(i));
      }
    }
    Path table = folder.resolve("some.csv");
    Files.write(table, some);

    JsonNode report = json(table);

    assertThat(report.path("tpot").path("points").asInt()).isEqualTo(some.size() - 1);
    assertThat(report.path("tpot").path("median_absolute_percentage_error").asDouble())
        .isLessThan(0.08);
    assertThat(report.path("tpot").path("mean_absolute_percentage_error").asDouble())
        .isLessThan(0.12);
  }

  private List<ServedRun> runs(List<String> rows) throws IOException {
    Path table = file(rows.toArray(String[]::new));
    return CsvTable.read(table, ServedRun.COLUMNS).rows().stream().map(ServedRun::of).toList();
  }

  private static double[] column(Path rows, String name) throws IOException {
    return CsvTable.read(rows, List.of(name)).rows().stream()
        .mapToDouble(row -> row.number(name, 0, 1e6).getAsDouble())
        .toArray();
  }

  private static double tpotError(JsonNode report) {
    return report.path("tpot").path("mean_absolute_percentage_error").asDouble();
  }

  private Path file(String... rows) throws IOException {
    Path file = folder.resolve("runs.csv");
    Files.writeString(file, HEADER + "\n" + String.join("\n", rows) + "\n");
    return file;
  }

  private static JsonNode json(Path table, String... more) {
    return plan(Stream.concat(Stream.of("--check", table.toString(), "--json"), Stream.of(more))
            .toArray(String[]::new))
        .json();
  }

  private static CommandRun plan(String... arguments) {
    return CommandRun.of(
        Stream.concat(Stream.of("plan"), Stream.of(arguments)).toArray(String[]::new));
  }
}
