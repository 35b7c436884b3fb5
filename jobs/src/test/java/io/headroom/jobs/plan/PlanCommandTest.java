package io.headroom.jobs.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanCommandTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final long CANDIDATES = 2 * 2 * 3 * 2;
  private static final int SIMULATED = 3;
  private static final List<String> TABLES =
      List.of("candidates", "frontier", "simulations", "timeline");

  private static final String PLAN =
      """
      plan {
        name = small
        models = [llama-3.1-8b]
        kv-heads = [model, mha]
        kv-precisions = [bf16, int8]
        accelerators = [h100_sxm, l40s]
        parallelism { tensor = [1, 2, 3] }
        workload {
          arrivals = poisson
          rate = 20
          lengths { lognormal { mean = 1155, p50 = 1020, max = 8000 } }
          output { uniform { min = 1, max = 300 } }
        }
        service-levels { preset = mlperf-llama2-70b-server }
        simulate { best = 3, requests = 800 }
        wave-candidates = 7
      }
      """;

  @TempDir Path folder;
  private static Path finished;
  private static CommandRun run;

  @BeforeAll
  static void planOnce(@TempDir Path once) throws IOException {
    finished = once.resolve("out");
    run = plan(once, PLAN, "--out", finished.toString());
  }

  private static CommandRun plan(Path folder, String text, String... more) throws IOException {
    Path conf = folder.resolve("some.conf");
    Files.writeString(conf, text);
    List<String> arguments = new ArrayList<>(List.of("plan", conf.toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static List<Row> rows(Path out, String table) {
    return SPARK.session().read().parquet(out.resolve(table).toString()).collectAsList();
  }

  @Test
  void everyCandidateIsCountedOnce() {
    assertThat(run.exitStatus()).as("%s", run.err()).isZero();
    List<Row> candidates = rows(finished, "candidates");

    assertThat(candidates.stream().mapToLong(row -> row.<Long>getAs("count")).sum())
        .isEqualTo(CANDIDATES);
    assertThat(candidates)
        .allSatisfy(
            row -> {
              boolean feasible = row.getAs("status").equals("feasible");
              assertThat(row.<String>getAs("candidate_id") != null).isEqualTo(feasible);
              assertThat(row.<String>getAs("reason") == null).isEqualTo(feasible);
            });
    assertThat(candidates.stream().map(row -> row.<String>getAs("reason")))
        .contains(
            "32 query heads cannot be divided among 3 ranks",
            "KV precision must be bf16, f16 or fp8 where the time of a step is asked for: int8");
  }

  /** Four questions have answers, three are simulated. */
  @Test
  void saysHowFarTheClosedFormIsFromTheSimulationAndWhatHasNone() {
    assertThat(run.out())
        .anyMatch(line -> line.startsWith("closed form beside the 3 simulated: highest load "))
        .anyMatch(line -> line.startsWith("not simulated: 1 of 4 choices of model"));
    for (Row row : rows(finished, "simulations")) {
      Double ttft = row.getAs("ttft_p99_closed_form_ms");
      if (row.<Double>getAs("load") <= 0.8) {
        assertThat(ttft / row.<Double>getAs("ttft_p99_ms")).isBetween(0.6, 1.6);
      }
      assertThat(row.<Double>getAs("most_load_closed_form") / row.<Double>getAs("most_load"))
          .isBetween(0.6, 1.4);
    }
  }

  @Test
  void bestCandidatesSayWhatTheyCostAndHowSureThatIs() {
    for (Row row : rows(finished, "candidates")) {
      if (!row.getAs("status").equals("feasible")) {
        continue;
      }
      long accelerators = row.getAs("accelerators");
      double usdPerHour = row.getAs("usd_per_hour");
      assertThat(usdPerHour)
          .isCloseTo(accelerators * row.<Double>getAs("accelerator_usd_per_hour"), within(1e-9));
      double outputs = 20 * 3600 * row.<Double>getAs("output_tokens_mean");
      assertThat(row.<Double>getAs("usd_per_million_output_tokens"))
          .isCloseTo(usdPerHour / outputs * 1e6, within(1e-9));
      assertThat(accelerators)
          .isEqualTo(row.<Long>getAs("replicas") * row.<Integer>getAs("tensor"))
          .isGreaterThanOrEqualTo(row.<Long>getAs("accelerators_least"));
      assertThat(row.<Double>getAs("fleet_requests_per_second")).isGreaterThanOrEqualTo(20);
      assertThat(row.<Double>getAs("ttft_p99_ms")).isLessThan(2100);
      assertThat(row.<Double>getAs("error")).isBetween(0.1, 1.0);
      boolean mha = row.getAs("variant").equals("MHA");
      assertThat(row.<Double>getAs("kv_saving")).isCloseTo(mha ? 0 : 0.75, within(1e-9));
    }
  }

  @Test
  void simulationsAreOfCandidatesAndReachOverTheLoad() {
    Set<String> known = new HashSet<>();
    rows(finished, "candidates").forEach(row -> known.add(row.getAs("candidate_id")));
    List<Row> simulations = rows(finished, "simulations");

    Set<String> keys = new HashSet<>();
    Set<String> ids = new HashSet<>();
    for (Row row : simulations) {
      ids.add(row.getAs("candidate_id"));
      assertThat(keys.add(row.getAs("candidate_id") + " " + row.getAs("load"))).isTrue();
      assertThat(row.<Long>getAs("completed") + row.<Long>getAs("never_fit")).isEqualTo(800);
      assertThat(row.<Double>getAs("ttft_p50_ms"))
          .isLessThanOrEqualTo(row.<Double>getAs("ttft_p99_ms"));
      if (row.<Double>getAs("load") == 1) {
        assertThat(row.<Boolean>getAs("meets_levels")).isTrue();
        assertThat(row.<Double>getAs("most_load")).isGreaterThanOrEqualTo(1);
      }
    }
    assertThat(known).containsAll(ids);
    assertThat(ids).hasSize(SIMULATED);
    assertThat(simulations).hasSize(SIMULATED * 9);
    assertThat(rows(finished, "timeline"))
        .isNotEmpty()
        .allMatch(row -> ids.contains(row.<String>getAs("candidate_id")));
  }

  @Test
  void theFrontIsOfFeasibleCandidates() {
    List<Row> front = rows(finished, "frontier");

    assertThat(front).isNotEmpty().allMatch(row -> row.getAs("status").equals("feasible"));
    for (Row one : front) {
      assertThat(front)
          .noneMatch(
              other ->
                  other.<Double>getAs("usd_per_hour") < one.<Double>getAs("usd_per_hour")
                      && other.<Double>getAs("tpot_mean_ms") < one.<Double>getAs("tpot_mean_ms")
                      && other.<Double>getAs("kv_saving") > one.<Double>getAs("kv_saving"));
    }
  }

  @Test
  void saysWhatToRent() {
    assertThat(run.out())
        .anyMatch(line -> line.matches("llama-3.1-8b: rent \\d+ \\S+ \\(TP1, .*USD an hour.*"))
        .anyMatch(line -> line.startsWith("  with 32 KV heads in bf16: "))
        .anyMatch(line -> line.contains(" of 24 candidates meet TTFT p99 2,000 ms"));
    assertThat(run.err()).anyMatch(line -> line.startsWith("plan: wave 4 of 4, "));
  }

  /** A wave, the tables after it and half of the simulations are gone: as after a kill. */
  @Test
  void whatIsMissingIsDoneAgainAndNothingTwice() throws IOException {
    Path out = folder.resolve("out");
    FileUtils.copyDirectory(finished.toFile(), out.toFile());
    try (Stream<Path> waves = Files.list(out.resolve("waves"))) {
      Files.delete(waves.sorted().skip(1).findFirst().orElseThrow());
    }
    FileUtils.deleteDirectory(out.resolve("candidates").toFile());
    FileUtils.deleteDirectory(out.resolve("frontier").toFile());
    FileUtils.cleanDirectory(out.resolve("simulations").toFile());

    CommandRun refused = plan(folder, PLAN, "--out", out.toString());
    CommandRun other =
        plan(folder, PLAN, "--out", out.toString(), "--resume", "--set", "plan.seed=7");
    CommandRun resumed = plan(folder, PLAN, "--out", out.toString(), "--resume");

    assertThat(refused.exitStatus()).isEqualTo(2);
    assertThat(refused.err())
        .singleElement()
        .asString()
        .endsWith("holds the plan small; allowed: a new folder, or --resume to finish it");
    assertThat(other.exitStatus()).isEqualTo(2);
    assertThat(other.err()).singleElement().asString().contains("of another configuration");
    assertThat(resumed.exitStatus()).as("%s", resumed.err()).isZero();
    assertThat(resumed.err()).filteredOn(line -> line.contains("wave")).hasSize(1);
    for (String table : TABLES) {
      assertThat(withoutRun(rows(out, table)))
          .as(table)
          .containsExactlyInAnyOrderElementsOf(withoutRun(rows(finished, table)));
    }
  }

  private static List<String> withoutRun(List<Row> rows) {
    return rows.stream()
        .map(
            row -> {
              StringBuilder text = new StringBuilder();
              for (String column : row.schema().fieldNames()) {
                if (!column.equals("run_id")) {
                  text.append(column).append('=').append(row.<Object>getAs(column)).append(' ');
                }
              }
              return text.toString();
            })
        .toList();
  }

  /** Times shorter and longer by the stated error are simulated too. */
  @Test
  void simulationsHaveABandOfTheirOwn() {
    List<Row> simulations = rows(finished, "simulations");
    for (Row row : simulations) {
      assertThat(row.<Double>getAs("error")).isBetween(0.05, 1.0);
      assertThat(row.<Long>getAs("accelerators_least"))
          .isLessThanOrEqualTo(row.<Long>getAs("accelerators"));
      Long most = row.getAs("accelerators_most");
      assertThat(most == null ? Long.MAX_VALUE : most)
          .isGreaterThanOrEqualTo(row.<Long>getAs("accelerators"));
    }
    assertThat(simulations)
        .anyMatch(
            row ->
                row.<Long>getAs("accelerators_most") != null
                    && row.<Long>getAs("accelerators_most")
                        > row.<Long>getAs("accelerators_least"));
  }

  @Test
  void printsOneJsonObject() throws IOException {
    JsonNode json = plan(folder, PLAN, "--out", folder.resolve("out").toString(), "--json").json();

    assertThat(json.path("tpot").asText()).isEqualTo("(end_to_end - ttft) / (output_tokens - 1)");
    assertThat(json.path("candidates").asLong()).isEqualTo(CANDIDATES);
    assertThat(json.path("answers")).hasSize(SIMULATED);
    assertThat(json.path("not_simulated")).as("of four questions").hasSize(1);
    assertThat(json.path("answers").get(0).path("usd_per_hour").asDouble()).isPositive();
    assertThat(json.path("infeasible")).isNotEmpty();
    assertThat(json.path("closed_form").path("deployments").asInt()).isEqualTo(SIMULATED);
    assertThat(json.path("closed_form").path("most_load_mean_absolute_error").asDouble())
        .isBetween(0.0, 0.3);
  }

  @Test
  void withoutSimulationsTheClosedFormAnswers() throws IOException {
    Path out = folder.resolve("out");
    CommandRun text = plan(folder, PLAN, "--set", "plan.simulate.best=0", "--out", out.toString());
    JsonNode json =
        plan(
                folder,
                PLAN,
                "--set",
                "plan.simulate.best=0",
                "--out",
                folder.resolve("json").toString(),
                "--json")
            .json();

    assertThat(text.exitStatus()).as("%s", text.err()).isZero();
    assertThat(text.out())
        .contains("not simulated, by the closed form alone:")
        .anyMatch(line -> line.matches("llama-3.1-8b +8 GQA +bf16 .* h100_sxm .*"))
        .anyMatch(
            line -> line.matches("llama-3.1-8b: rent \\d+ .*; by the closed form, not simulated"))
        .anyMatch(line -> line.startsWith("not simulated: 4 of 4 choices of model"));
    assertThat(out.resolve("simulations")).isEmptyDirectory();
    assertThat(json.path("answers")).isEmpty();
    assertThat(json.path("not_simulated")).hasSize(4);
    for (JsonNode answer : json.path("not_simulated")) {
      assertThat(answer.path("accelerators").asLong()).isPositive();
      assertThat(answer.path("most_load_closed_form").asDouble()).isGreaterThanOrEqualTo(1);
      assertThat(answer.has("meets_levels")).isFalse();
      assertThat(answer.path("limit").asText()).isNotEmpty();
    }
    double cheapest = json.path("not_simulated").get(0).path("usd_per_hour").asDouble();
    assertThat(rows(out, "candidates"))
        .filteredOn(row -> row.getAs("status").equals("feasible"))
        .allMatch(row -> row.<Double>getAs("usd_per_hour") >= cheapest);
  }

  @Test
  void aDryRunStartsNothing() throws IOException {
    CommandRun dry = plan(folder, PLAN, "--dry-run");

    assertThat(dry.exitStatus()).isZero();
    assertThat(dry.out())
        .contains("at most 3 deployments simulated, 800 requests each")
        .anyMatch(line -> line.startsWith("24 candidates: 2 model variants x 2 accelerators"))
        .anyMatch(line -> line.startsWith("h100_sxm: ") && line.contains(" USD an hour, 2"));
  }

  @Test
  void aDryRunPrintsOneJsonObject() throws IOException {
    JsonNode json =
        plan(folder, PLAN, "--dry-run", "--json", "--set", "plan.kv-heads=[model,mha,5]").json();

    assertThat(json.path("candidates").asLong()).isEqualTo(CANDIDATES);
    long product = 1;
    for (JsonNode axis : json.path("axes")) {
      product *= axis.asLong();
    }
    assertThat(product).isEqualTo(CANDIDATES);
    assertThat(json.path("axes").path("parallelisms").asInt()).isEqualTo(3);
    assertThat(json.path("requests").asInt()).isEqualTo(20_000);
    assertThat(json.path("requests_per_second").asDouble()).isEqualTo(20);
    assertThat(json.path("input_tokens_mean").asDouble()).isBetween(1000.0, 1200.0);
    assertThat(json.path("level_tpot_p99_ms").asDouble()).isEqualTo(200);
    assertThat(json.path("prices").path("l40s").path("usd_per_hour").asDouble()).isPositive();
    assertThat(json.path("prices").path("h100_sxm").path("date").asText()).startsWith("20");
    assertThat(json.path("left_out"))
        .singleElement()
        .satisfies(
            reason -> assertThat(reason.asText()).contains("kv-heads 5 does not divide the 32"));
  }

  @Test
  void aMeanThatACutChangesIsTold() throws IOException {
    String output = "plan.workload.output={lognormal={mean=211,p50=129,max=1000}}";
    String told =
        "workload.output: the mean of 211 is that before the cut at max = 1000; of what is drawn it is 185.8";
    Path out = folder.resolve("out");
    // A uniform one is configured: what is given is the only one.
    String text = PLAN.replace("output { uniform { min = 1, max = 300 } }", "");
    CommandRun dry = plan(folder, text, "--dry-run", "--json", "--set", output);
    CommandRun searched =
        plan(
            folder,
            text,
            "--set",
            "plan.simulate.best=0",
            "--set",
            output,
            "--out",
            out.toString());

    assertThat(dry.json().path("note").asText()).isEqualTo(told);
    assertThat(dry.err()).containsExactly("plan: " + told);
    assertThat(searched.err()).contains("plan: " + told);
    assertThat(Files.readString(out.resolve("manifest.json"))).contains(told);
    assertThat(run.err()).as("8,000 cuts next to nothing").noneMatch(line -> line.contains("cut"));
  }

  @Test
  void levelsThatNothingMeetsAreAnAnswer() throws IOException {
    CommandRun impossible =
        plan(
            folder,
            PLAN.replace("preset = mlperf-llama2-70b-server", "ttft-p99-ms = 1, tpot-p99-ms = 5"),
            "--out",
            folder.resolve("out").toString());

    assertThat(impossible.exitStatus()).isEqualTo(1);
    assertThat(impossible.out())
        .anyMatch(line -> line.contains("infeasible (ttft): more than 1 % of the requests"))
        .anyMatch(line -> line.startsWith("0 of 24 candidates meet"));
    assertThat(rows(folder.resolve("out"), "candidates"))
        .allMatch(row -> row.getAs("status").equals("infeasible"));
  }

  /** Three ranks divide no heads, and a model without experts has no groups of ranks. */
  @Test
  void everyReasonOfAQuestionIsToldWithItsCount() throws IOException {
    Path out = folder.resolve("out");
    CommandRun impossible =
        plan(
            folder,
            PLAN,
            "--set",
            "plan.parallelism={tensor=[3],attention-data=[1,2]}",
            "--set",
            "plan.limits.max-sequences=[64,128,256]",
            "--out",
            out.toString());

    String heads = "32 query heads cannot be divided among 3 ranks";
    String experts = "expert and attention-data parallelism are of models with experts: 1, 2";
    assertThat(impossible.exitStatus()).isEqualTo(1);
    int first =
        impossible
            .out()
            .indexOf(
                "llama-3.1-8b, 8 KV heads in bf16 on h100_sxm: infeasible (unsupported): %s (3 of 6)"
                    .formatted(heads));
    assertThat(first).as("%s", impossible.out()).isNotNegative();
    assertThat(impossible.out().get(first + 1))
        .isEqualTo("  (unsupported): %s; %s (3 of 6)".formatted(heads, experts));
    assertThat(rows(out, "candidates"))
        .hasSize(2 * 2 * 2 * 2)
        .allMatch(row -> row.<Long>getAs("count") == 3);
    assertThat(rows(out, "waves")).isNotEmpty();
  }

  /** No other accelerator has one. */
  private CommandRun planWithPriceOfL40s(String change) throws IOException {
    Files.writeString(
        folder.resolve("prices.conf"),
        "prices { l40s { usd-per-hour = 1, date = 2026-01-02, source = \"own\" } }");
    CommandRun priced =
        plan(
            folder,
            PLAN.replace("name = small", "name = small, prices = prices.conf"),
            "--set",
            change,
            "--out",
            folder.resolve("out").toString());
    assertThat(priced.exitStatus()).as("%s", priced.err()).isZero();
    return priced;
  }

  @Test
  void withoutAPriceAcceleratorsAreCompared() throws IOException {
    CommandRun priced = planWithPriceOfL40s("plan.accelerators=[h100_sxm]");

    assertThat(priced.out()).anyMatch(line -> line.contains("no price is known"));
    assertThat(rows(folder.resolve("out"), "candidates"))
        .allMatch(row -> row.<Double>getAs("usd_per_hour") == null);
  }

  @Test
  void whatHasNoPriceIsNotComparedWithWhatHas() throws IOException {
    CommandRun priced = planWithPriceOfL40s("plan.simulate.best=4");

    assertThat(priced.out())
        .contains("no price is known of h100_sxm: listed, not compared")
        .anyMatch(line -> line.matches("llama-3.1-8b: rent \\d+ l40s .*"))
        .noneMatch(line -> line.matches("  with .* h100_sxm, .*"));
  }

  @Test
  void twoProfilesOfOneNameAreRefused() throws IOException {
    Path own = folder.resolve("own.json");
    String profile =
        Files.readString(SharedData.projectRoot().resolve("conf/accelerators/h100_sxm.json"));
    Files.writeString(own, profile + "\n");
    CommandRun refused =
        plan(folder, PLAN, "--dry-run", "--set", "plan.accelerators=[h100_sxm,\"" + own + "\"]");

    assertThat(refused.exitStatus()).isEqualTo(2);
    assertThat(refused.err())
        .singleElement()
        .asString()
        .contains("plan.accelerators: two profiles are named h100_sxm");
  }

  /** Ten times two seconds at 20 a second. */
  @Test
  void runsLastLongEnoughToMissALevel() throws IOException {
    CommandRun run =
        plan(
            folder,
            PLAN,
            "--set",
            "plan.simulate.requests=5",
            "--out",
            folder.resolve("out").toString());

    assertThat(run.err()).contains("plan: 400 requests simulated for each deployment");
    CommandRun dry = plan(folder, PLAN, "--set", "plan.simulate.requests=5", "--dry-run");
    JsonNode json =
        plan(folder, PLAN, "--set", "plan.simulate.requests=5", "--dry-run", "--json").json();
    assertThat(dry.out())
        .contains(
            "at most 3 deployments simulated, 400 requests each, not plan.simulate.requests = 5: a run lasts at least 10 times the level of TTFT");
    assertThat(json.path("simulated_deployments").asInt()).isEqualTo(3);
    assertThat(json.path("simulated_requests").asInt()).isEqualTo(400);
  }

  @Test
  void aTraceTakesThePlaceOfTheWorkload() throws IOException {
    Path trace = folder.resolve("trace.csv");
    StringBuilder lines = new StringBuilder("TIMESTAMP,ContextTokens,GeneratedTokens\n");
    for (int second = 0; second < 240; second++) {
      lines.append(
          "2023-11-16 18:%02d:%02d.0000000,%d,%d\n"
              .formatted(second / 60, second % 60, 100 + second, 1 + second % 9));
    }
    Files.writeString(trace, lines);
    CommandRun dry = plan(folder, PLAN, "--trace", trace.toString(), "--dry-run");
    CommandRun traced =
        plan(folder, PLAN, "--trace", trace.toString(), "--out", folder.resolve("out").toString());

    assertThat(dry.out())
        .contains(
            "at most 3 deployments simulated, 240 requests each, not plan.simulate.requests = 800: there are no more");
    assertThat(traced.err()).contains("plan: 240 requests simulated for each deployment");
    assertThat(traced.exitStatus()).as("%s", traced.err()).isZero();
    List<Row> demand = rows(folder.resolve("out"), "demand");
    assertThat(demand).hasSizeBetween(4, 5);
    assertThat(demand.stream().mapToLong(row -> row.<Long>getAs("arrivals")).sum()).isEqualTo(240);
    assertThat(demand).allMatch(row -> row.<Long>getAs("accelerators_needed") <= 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plan.no-such-key=1 | unknown key plan.no-such-key; allowed: ",
        "plan.accelerators=[tpu] | no profile of the accelerator: tpu; allowed: a10, a100_sxm",
        "plan.accelerators=[..] | a folder is no profile of an accelerator; of a sweep's results this",
        "plan.models=[no-such] | no model 'no-such' in ",
        "plan.service-levels.preset=fast | allowed: mlperf-llama2-70b-server, ",
        "plan.kv-heads=[7] | plan.kv-heads: llama-3.1-8b: kv-heads 7 does not divide the 32",
        "plan.workload.rate=0 | plan.workload.rate = 0: must be a number from ",
        "plan.workload.trace=a.csv | exactly one of trace, arrivals must be given",
        "plan.weights=[int3] | allowed: model, bf16, fp8, fp8_block, nvfp4, int4",
        "plan.service-levels.ttft-p99-ms=400 | plan.service-levels.preset = \"mlperf-llama2-70b-server\": has both levels: drop it, as by --set plan.service-levels.preset=null, or drop ttft-p99-ms",
        "plan.service-levels.preset=null | plan.service-levels.ttft-p99-ms is missing",
        "plan.engine=tgi | allowed: ",
        "plan.limits.memory-utilization=[1.1] | must be a number from 0.01 to 1",
        "plan.engine-version=abc | plan.engine-version = \"abc\": allowed: a release, such as 0.12.0",
        "plan.workload.rate=1000000 | at 1,000,000 requests a second a run of 10 times the level",
        "plan.routing=random | allowed: round-robin, least-kv"
      })
  void mistakesAreOneLine(String change, String expected) throws IOException {
    CommandRun mistaken = plan(folder, PLAN, "--dry-run", "--set", change);

    assertThat(mistaken.exitStatus()).isEqualTo(2);
    assertThat(mistaken.out()).isEmpty();
    assertThat(mistaken.err()).singleElement().asString().contains(expected);
  }

  @Test
  void levelsTakeThePlaceOfAPresetThatIsNull() throws IOException {
    CommandRun dry =
        plan(
            folder,
            PLAN,
            "--dry-run",
            "--set",
            "plan.service-levels={preset=null,ttft-p99-ms=450,tpot-p99-ms=40}");

    assertThat(dry.exitStatus()).as("%s", dry.err()).isZero();
    assertThat(dry.out()).anyMatch(line -> line.endsWith("TTFT p99 450 ms, TPOT p99 40 ms"));
  }

  @Test
  void aTraceThatIsNotThereIsToldByItsOption() throws IOException {
    CommandRun refused = plan(folder, PLAN, "--dry-run", "--trace", "no-such.csv");

    assertThat(refused.exitStatus()).isEqualTo(2);
    assertThat(refused.err())
        .containsExactly(
            "headroom: --trace no-such.csv: no such file, neither beside the configuration nor here");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"format\": 2, data_sheet | at line 1, column 15: allowed are keys and texts in double",
        "{\"format\": 2, \"a\": { | at line 1, column 21: it ends too early; every { [ and",
        "{\"format\": 2, \"format\": 2} | at line 1, column 23: a key that its object has",
        "{\"format\": 2} {} | at line 1, column 15: more than one value; one object is allowed",
        "{\"format\": NaN} | at line 1, column 15: allowed are keys and texts in double quotes, num"
      })
  void aMalformedProfileIsToldByItsPlace(String text, String expected) throws IOException {
    Path profile = Files.writeString(folder.resolve("own.json"), text);
    CommandRun refused =
        plan(folder, PLAN, "--dry-run", "--set", "plan.accelerators=[\"%s\"]".formatted(profile));

    assertThat(refused.exitStatus()).isEqualTo(2);
    assertThat(refused.err())
        .singleElement()
        .asString()
        .contains(profile + " is not valid JSON " + expected);
  }

  @Test
  void aTraceOfOneRequestHasNoRate() throws IOException {
    Path trace = folder.resolve("one.csv");
    Files.writeString(
        trace,
        """
        TIMESTAMP,ContextTokens,GeneratedTokens
        2023-11-16 18:00:00.0000000,100,10
        2023-11-16 18:00:01.0000000,100,0
        """);
    CommandRun refused = plan(folder, PLAN, "--dry-run", "--trace", trace.toString());

    assertThat(refused.exitStatus()).isEqualTo(2);
    assertThat(refused.err())
        .singleElement()
        .asString()
        .contains(trace + ": its 1 request arrives at one moment");
  }

  @Test
  void aTraceWithoutTimesIsRefused() throws IOException {
    Files.writeString(
        folder.resolve("trace.csv"), "ContextTokens,GeneratedTokens\n100,10\n200,20\n");
    CommandRun refused =
        plan(
            folder,
            PLAN,
            "--dry-run",
            "--set",
            "plan.workload=null",
            "--trace",
            folder.resolve("trace.csv").toString());

    assertThat(refused.exitStatus()).isEqualTo(2);
    assertThat(refused.err()).singleElement().asString().contains("arriv");
  }
}
