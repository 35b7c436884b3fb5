package io.headroom.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.headroom.jobs.deployments.DeploymentTables;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.ScratchPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a report's page holds of plans, and what is told where one cannot be read. */
class PlanReportTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  @TempDir Path folder;

  @Test
  void whatWasNotSimulatedIsShownAsTheClosedFormHasIt() throws IOException {
    new ScratchPlan()
        .deployment("a", 8, "bf16", "big", 2, 4.0)
        .notSimulated("a", 8, "bf16", "small", 9, 1.0)
        .notSimulated("a", 1, "bf16", "big", 1, 4.0)
        .write(folder.resolve("plan"), SPARK.session());
    new ScratchPlan()
        .notSimulated("a", 8, "bf16", "big", 2, 4.0)
        .write(folder.resolve("none"), SPARK.session());

    JsonNode some = plans("plan");
    JsonNode none = plans("none");

    assertThat(texts(some.path("answers"), "accelerator")).containsExactly("big");
    assertThat(texts(some.path("not_simulated"), "accelerator")).containsExactly("big", "small");
    assertThat(texts(some.path("not_simulated"), "usd_per_hour")).containsExactly("4", "9");
    assertThat(texts(some.path("not_simulated"), "most_load")).containsExactly("1.5", "1.5");
    assertThat(none.path("answers").path("rows")).isEmpty();
    assertThat(texts(none.path("not_simulated"), "accelerators")).containsExactly("2");
    assertThat(none.path("folders").get(0).path("not_simulated_left_out").asBoolean()).isFalse();
  }

  @Test
  void theCheapestOfEachLayoutComesFirstWithItsBandAndItsTimes() throws IOException {
    new ScratchPlan()
        .deployment("a", 8, "bf16", "small", 9, 1.0)
        .deployment("a", 8, "bf16", "big", 2, 4.0)
        .deployment("a", 1, "bf16", "big", 1, 4.0)
        .infeasible("a", "small", "kv", "too long", 3)
        .infeasible("a", "big", "kv", "too long", 4)
        .write(folder.resolve("plan"), SPARK.session());

    JsonNode plans = plans("plan");

    JsonNode answers = plans.path("answers");
    assertThat(texts(answers, "accelerator")).containsExactly("big", "big", "small");
    assertThat(texts(answers, "is_best")).containsExactly("true", "true", "false");
    assertThat(texts(answers, "usd_per_hour")).containsExactly("4", "8", "9");
    assertThat(texts(answers, "accelerators_most")).containsExactly("null", "4", "11");
    // Ten requests of a hundred tokens a second are 3.6 million an hour.
    assertThat(value(answers, 1, "usd_per_million_output_tokens").asDouble())
        .isCloseTo(8 / 3.6, within(1e-6));
    assertThat(texts(plans.path("loads"), "load"))
        .as("of the best alone")
        .containsExactly("0.5", "1", "2", "0.5", "1", "2");
    assertThat(plans.path("times").path("rows")).hasSize(2 * 4);
    assertThat(texts(plans.path("front"), "accelerators")).containsExactly("1", "2", "9");
    assertThat(texts(plans.path("limits"), "count")).containsExactly("7");
    assertThat(texts(plans.path("reasons"), "count")).containsExactly("4", "3");
    JsonNode plan = plans.path("folders").path(0);
    assertThat(plan.path("asked").path("requests_per_second").asDouble()).isEqualTo(10);
    assertThat(plan.path("manifest").path("prices").path("big").path("source").asText())
        .isEqualTo("a made up list");
    assertThat(plan.path("answers_left_out").asBoolean()).isFalse();
  }

  @Test
  void moreThanAPageHoldsIsLeftOutAndSaid() throws IOException {
    ScratchPlan many = new ScratchPlan();
    for (int i = 0; i <= PlanData.MOST_LINES; i++) {
      many.deployment("model-" + i, 8, "bf16", "big", 1, 4.0);
    }
    for (int i = 0; i <= PlanData.MOST_REASONS; i++) {
      many.infeasible("a", "big", "kv", "reason " + i, 1);
    }
    many.write(folder.resolve("plan"), SPARK.session());

    JsonNode plans = plans("plan");

    assertThat(plans.path("times").path("rows")).hasSize(4 * PlanData.MOST_LINES);
    assertThat(plans.path("reasons").path("rows")).hasSize(PlanData.MOST_REASONS);
    assertThat(plans.path("folders").path(0).path("reasons_left_out").asBoolean()).isTrue();
  }

  /** 4,100 minutes in 2,000 points at most: three go together, the largest of each. */
  @Test
  void whatATraceAsksForIsTheLargestOfAFewMinutes() throws IOException {
    int minutes = 2 * PlanData.MOST_MINUTES + 100;
    new ScratchPlan()
        .deployment("a", 2, "bf16", "big", 2, 4.0)
        .deployment("b", 2, "fp8", "big", 2, 4.0)
        .demand("a", 2, "bf16", "big", minutes)
        .demand("b", 2, "fp8", "big", 10)
        .write(folder.resolve("plan"), SPARK.session());

    JsonNode plans = plans("plan");

    assertThat(plans.path("folders").path(0).path("demand_bucket_minutes").asInt()).isEqualTo(3);
    JsonNode demand = plans.path("demand");
    assertThat(demand.path("rows")).hasSize((minutes + 2) / 3 + 4);
    assertThat(texts(demand, "minute")).startsWith("0", "3", "6").endsWith("0", "3", "6", "9");
    assertThat(texts(demand, "accelerators_needed"))
        .startsWith("3", "6", "7", "5", "7")
        .endsWith("3", "6", "7", "3");
    assertThat(value(demand, 0, "most_concurrent_kv_bytes").asLong()).isEqualTo(3L << 30);
    assertThat(texts(plans.path("demanding"), "kv_precision")).containsExactly("bf16", "fp8");
  }

  @Test
  void aPlanThatHasJustBegunMakesAPage() throws IOException {
    ScratchPlan.writeBegun(folder.resolve("begun"));

    JsonNode plans = plans("begun");

    assertThat(plans.path("answers").path("rows")).isEmpty();
    JsonNode plan = plans.path("folders").path(0);
    assertThat(plan.path("asked")).isEmpty();
    assertThat(plan.path("manifest").path("state").asText()).isEqualTo("running");
    assertThat(plan.path("manifest").has("feasible")).isFalse();
    assertThat(plans.path("demand").path("rows")).isEmpty();
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    Path other = folder.resolve("other");
    Files.createDirectories(other);
    Files.writeString(other.resolve("manifest.json"), "{\"kind\": \"dream\"}");
    ScratchPlan.writeManifest(folder.resolve("old"), "done", 99);
    ScratchPlan.writeManifest(folder.resolve("bare"), "done", DeploymentTables.SCHEMA_VERSION);
    ScratchPlan.writeBegun(folder.resolve("torn"));
    Files.writeString(folder.resolve("torn/candidates/part-0.parquet"), "no parquet");

    mistake("other", "kind = dream; allowed: sweep, plan");
    mistake("old", "old: manifest.json: schema_version = 99; allowed: 1, as plans of");
    mistake("bare", "allowed: the results of a plan");
    mistake("torn", "torn: tables cannot be read");
  }

  private void mistake(String results, String message) {
    CommandRun run =
        CommandRun.of(
            "report",
            folder.resolve(results).toString(),
            "--out",
            folder.resolve("page.html").toString());

    assertThat(run.exitStatus()).as(run.toString()).isEqualTo(2);
    assertThat(run.err()).last().asString().startsWith("headroom: ").contains(message);
    assertThat(run.err()).filteredOn(line -> line.startsWith("\tat ")).isEmpty();
  }

  private JsonNode plans(String results) throws IOException {
    Path page = folder.resolve("page.html");
    CommandRun run =
        CommandRun.of("report", folder.resolve(results).toString(), "--out", page.toString());
    assertThat(run.exitStatus()).as(run.toString()).isZero();
    return WrittenPage.data(page).path("plans");
  }

  private static JsonNode value(JsonNode table, int row, String column) {
    return WrittenPage.value(table, row, column);
  }

  private static List<String> texts(JsonNode table, String column) {
    List<String> texts = new ArrayList<>();
    for (int row = 0; row < table.path("rows").size(); row++) {
      texts.add(value(table, row, column).asText());
    }
    return texts;
  }
}
