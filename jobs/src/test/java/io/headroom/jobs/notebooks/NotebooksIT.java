package io.headroom.jobs.notebooks;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headroom.jobs.testkit.ChildProcess;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.DocumentedCommands;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.ObjectStore;
import io.headroom.jobs.testkit.Prerequisite;
import io.headroom.jobs.testkit.PythonEnvironment;
import io.headroom.jobs.testkit.RunningProcess;
import io.headroom.jobs.testkit.ScratchSweep;
import io.headroom.jobs.testkit.SharedClasses;
import io.headroom.measure.LatencyHistogram;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The notebooks, run from end to end by the commands of their README on the results of a sweep, and
 * their answers held against what Spark reads from the same files and what is known of the models.
 */
class NotebooksIT {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final Path ROOT = SharedData.projectRoot();
  private static final Duration A_SWEEP = Duration.ofMinutes(5);
  private static final Duration A_NOTEBOOK = Duration.ofMinutes(5);
  private static final String KV_MEMORY = "01-kv-memory";
  private static final String LATENCY = "02-latency";
  private static final String CAPACITY = "03-capacity";

  /** Where the notebooks are that were run on the results of the sweep. */
  private static final String ANSWERED = "answered";

  private static final long GIGABYTE = 1_000_000_000;

  /**
   * Grouped and not, windowed and not, and one configuration that cannot be: 14 is not 4 times n.
   */
  private static final String SWEEP =
      """
      models = [qwen2-0.5b, llama-2-7b]
      kv-heads = [mha, model, mqa, 4]
      sequences { lengths = [64, 256] }
      decode-tokens = 4
      kv-precisions = [bf16, int8, int8/int4]
      windows = [none, { size = 32, sinks = 4 }]
      measure { min-samples = 6, max-seconds-per-cell = 0.05, noisy-repeats = 0 }
      """;

  /** Three layouts of heads on two accelerators; the longest requests do not fit on one of them. */
  private static final String PLAN =
      """
      plan {
        models = [llama-3.1-8b]
        kv-heads = [model, mha, mqa]
        kv-precisions = [bf16, fp8]
        accelerators = [h100_sxm, l40s]
        parallelism { tensor = [1, 2] }
        workload {
          arrivals = poisson
          rate = 10
          lengths { uniform { min = 200, max = 800 } }
          output { uniform { min = 20, max = 80 } }
        }
        service-levels { ttft-p99-ms = 500, tpot-p99-ms = 25 }
        simulate { best = 12, requests = 300 }
      }
      """;

  @TempDir static Path folder;

  /** Why there is no Python to run them; empty where there is. */
  private static String withoutPython;

  private static ScratchSweep sweep;

  /** What of the project's folder the commands see, with results of their own. */
  private static Path checkout;

  @BeforeAll
  static void runAll() throws Exception {
    withoutPython =
        PythonEnvironment.install(
            ROOT.resolve("notebooks/requirements.txt"),
            Stream.of("python3 -m venv .*", ".*/pip install .*")
                .map(NotebooksIT::theOne)
                .map(
                    command ->
                        command.replace("notebooks/.venv", PythonEnvironment.folder().toString()))
                .toList(),
            folder);
    if (!withoutPython.isEmpty()) {
      return;
    }
    sweep = ScratchSweep.of(folder, SWEEP);
    assertSucceeds(
        ChildProcess.run(
            folder, A_SWEEP, SharedClasses.usedByFirstCompiler(folder), sweep.launch()));
    checkout = checkOut();
    Files.createSymbolicLink(checkout.resolve("results/quickstart"), sweep.out());
    Path conf = Files.writeString(folder.resolve("plan.conf"), PLAN);
    CommandRun plan = CommandRun.of("plan", conf.toString(), "--out", planned().toString());
    assertThat(plan.exitStatus()).as(plan.toString()).isZero();
    assertSucceeds(execute(theOne("HEADROOM_FIGURES=.*"), ANSWERED, ChildProcess.FIRST_COMPILER));
  }

  private static Path checkOut() throws IOException {
    Path root = Files.createDirectories(folder.resolve("checkout"));
    Path notebooks = Files.createDirectories(root.resolve("notebooks/figures")).getParent();
    Files.createDirectory(root.resolve("results"));
    Files.createSymbolicLink(root.resolve("jobs"), ROOT.resolve("jobs"));
    Files.createSymbolicLink(root.resolve("conf"), ROOT.resolve("conf"));
    Files.createSymbolicLink(notebooks.resolve(".venv"), PythonEnvironment.folder());
    for (Path file : Notebook.committed()) {
      Files.copy(file, notebooks.resolve(file.getFileName()));
    }
    Files.copy(Notebook.folder().resolve("headroom.py"), notebooks.resolve("headroom.py"));
    return root;
  }

  @BeforeEach
  void needsPython() {
    Prerequisite.require(withoutPython);
  }

  @Test
  void bytesFollowFromTheModel() throws IOException {
    JsonNode answers = answers(KV_MEMORY);

    long rows = measurements().where("window = 0 and kv_bytes > 0").count();
    assertThat(rows).isPositive();
    assertThat(answers.path("formula_rows_checked").asLong()).isEqualTo(rows);
    assertThat(answers.path("formula_rows_equal").asLong()).isEqualTo(rows);
    JsonNode aToken = answers.path("kv_bytes_per_token_f16");
    assertThat(aToken.path("llama-2-7b").asLong()).isEqualTo(512 * 1024);
    assertThat(aToken.path("llama-2-70b").asLong()).isEqualTo(320 * 1024);
    assertThat(aToken.path("deepseek-v3").asLong()).isEqualTo(61 * (512 + 64) * 2);
    assertThat(answers.path("share_of_mha").path("qwen2.5-32b").asDouble()).isEqualTo(8.0 / 40);
  }

  @Test
  void windowsBoundTheCache() throws IOException {
    JsonNode share = answers(KV_MEMORY).path("share_of_unwindowed_at_131072");

    assertThat(share.path("mistral-7b").asDouble()).isEqualTo(4096.0 / 131072);
    assertThat(share.path("gemma-3-27b").asDouble())
        .isEqualTo((10 * 131072 + 52 * 1024) / (62.0 * 131072), within(1e-12));
  }

  @Test
  void tokensThatFitAreMemoryOverBytesAToken() throws IOException {
    JsonNode fits = answers(KV_MEMORY).path("tokens_that_fit_f16").path("llama-2-7b");

    for (int gigabytes : List.of(24, 48, 80, 192)) {
      assertThat(fits.path(gigabytes + "GB").asLong())
          .isEqualTo(gigabytes * GIGABYTE / (512 * 1024));
    }
    assertThat(fits.path("50MB").asLong()).isEqualTo(95);
  }

  @Test
  void rowsAreCountedAsSparkCountsThem() throws IOException {
    JsonNode answers = answers(LATENCY);

    Dataset<Row> ok = measurements().where("status = 'ok'");
    assertThat(answers.path("rows").asLong()).isEqualTo(measurements().count());
    assertThat(answers.path("rows_ok").asLong()).isEqualTo(ok.count()).isEqualTo(6 * 2 * 2 * 3);
    assertThat(answers.path("rows").asLong()).isGreaterThan(answers.path("rows_ok").asLong());
    assertThat(answers.path("noisy_rows").asLong())
        .isEqualTo(measurements().where("noisy").count());
    assertThat(answers.path("steady_rows").asLong())
        .isEqualTo(measurements().where("steady").count());
    assertThat(answers.path("trusted_rows").asLong())
        .isEqualTo(ok.where("not noisy and steady and cpu_wall_ratio >= 0.95").count());
  }

  @Test
  void intervalsContainTheirMedians() throws IOException {
    JsonNode answers = answers(LATENCY);

    long decode = measurements().where("decode_ns_p50_low is not null").count();
    long prefill = measurements().where("prefill_ns_low is not null").count();
    assertThat(decode).isPositive();
    assertThat(answers.path("decode_intervals").asLong()).isEqualTo(decode);
    assertThat(answers.path("decode_intervals_that_contain_the_median").asLong()).isEqualTo(decode);
    assertThat(answers.path("prefill_intervals").asLong()).isEqualTo(prefill);
    assertThat(answers.path("prefill_intervals_that_contain_the_median").asLong())
        .isEqualTo(prefill);
  }

  @Test
  void fractionsAndErrorsAreThoseOfTheResults() throws IOException {
    JsonNode answers = answers(LATENCY);

    Row largest = measurements().agg(max("fraction_of_peak"), max("fraction_of_stream")).first();
    assertThat(answers.path("largest_fraction_of_peak").asDouble()).isEqualTo(largest.getDouble(0));
    assertThat(answers.path("largest_fraction_of_stream").asDouble())
        .isEqualTo(largest.getDouble(1));
    JsonNode manifest = new ObjectMapper().readTree(sweep.text("manifest.json"));
    for (String error : List.of("prediction_error_p50", "prediction_error_p90")) {
      assertThat(answers.path(error).asDouble())
          .isCloseTo(manifest.path(error).asDouble(), within(1e-9));
    }
  }

  @Test
  void sharedHeadsAreHeldAgainstMhaAtTheLongestPrompt() throws IOException {
    JsonNode gains = answers(LATENCY).path("decode_times_faster_than_mha");

    List<Row> longest =
        measurements()
            .where("window = 0 and prompt_tokens = 256 and status = 'ok'")
            .collectAsList();
    assertThat(longest).hasSize((3 + 3) * 3);
    List<Row> quiet = longest.stream().filter(row -> !row.<Boolean>getAs("noisy")).toList();
    assertThat(gains)
        .hasSize((int) quiet.stream().filter(row -> !isMha(row) && hasMha(quiet, row)).count());
    for (JsonNode gain : gains) {
      Integer kvHeads = gain.path("kv_heads").asInt();
      double mha = decodeNanos(quiet, gain, NotebooksIT::isMha);
      double shared = decodeNanos(quiet, gain, row -> row.getAs("kv_heads").equals(kvHeads));
      assertThat(gain.path("times").asDouble()).isCloseTo(mha / shared, within(0.0051));
    }
  }

  @Test
  void theBillIsThatOfTheCheapestDeployments() throws IOException {
    JsonNode cheapest = answers(CAPACITY).path("cheapest");

    List<Row> serving =
        simulations().where("load = 1 and meets_levels").orderBy("usd_per_hour").collectAsList();
    assertThat(cheapest).isNotEmpty();
    assertThat(cheapest)
        .hasSize(
            (int)
                serving.stream()
                    .map(row -> List.of(row.getAs("kv_heads"), row.getAs("kv_precision")))
                    .distinct()
                    .count());
    for (JsonNode layout : cheapest) {
      Row row =
          serving.stream()
              .filter(other -> other.getAs("kv_heads").equals(layout.path("kv_heads").asInt()))
              .filter(
                  other -> other.getAs("kv_precision").equals(layout.path("kv_precision").asText()))
              .findFirst()
              .orElseThrow();
      assertThat(layout.path("usd_per_hour").asDouble()).isEqualTo(row.getAs("usd_per_hour"));
      assertThat(layout.path("accelerators_least").asLong())
          .isLessThanOrEqualTo(layout.path("accelerators").asLong());
    }
  }

  @Test
  void whatIsSaidOfAPlanIsWhatItsTablesSay() throws IOException {
    JsonNode answers = answers(CAPACITY);

    Dataset<Row> asked = simulations().where("load = 1");
    assertThat(answers.path("requests_per_second").asDouble()).isCloseTo(10, within(1.0));
    assertThat(answers.path("simulated").asLong()).isEqualTo(asked.count()).isEqualTo(12);
    assertThat(answers.path("that_meet_the_levels").asLong())
        .isEqualTo(asked.where("meets_levels").count());
    assertThat(answers.path("closed_form_takes_as_many").asLong())
        .isEqualTo(asked.where("accelerators = accelerators_closed_form").count());
    JsonNode manifest = new ObjectMapper().readTree(planned().resolve("manifest.json").toFile());
    assertThat(answers.path("infeasible")).isEqualTo(manifest.path("infeasible"));
    JsonNode profile =
        new ObjectMapper().readTree(ROOT.resolve("conf/accelerators/h100_sxm.json").toFile());
    assertThat(answers.path("stated_errors").path("h100_sxm").path("decode").asDouble())
        .isPositive()
        .isEqualTo(
            profile
                .path("families")
                .path("decode")
                .path("error")
                .path("mean_absolute_percentage_error")
                .asDouble());
  }

  /**
   * The same rows from a second host, which takes twice as long for a token: in a folder, and in an
   * object store.
   */
  @Test
  void hostsAreComparedOnTheSameWork() throws Exception {
    Path results = checkout.resolve("results/cluster");
    measurements()
        .unionByName(
            measurements()
                .withColumn("host", lit("slow"))
                .withColumn("decode_ns_p50", col("decode_ns_p50").multiply(2).cast("long")))
        .write()
        .parquet(results.resolve("measurements").toString());

    assertSucceeds(execute(only(LATENCY, onTheCluster()), "folder", Map.of()));
    try (ObjectStore store = ObjectStore.start(checkout.resolve("results"))) {
      assertSucceeds(
          execute(
              only(LATENCY, theOne("HEADROOM_RESULTS=s3://bucket/.*")),
              "store",
              store.environment()));
    }

    for (String out : List.of("folder", "store")) {
      JsonNode hosts = answers(LATENCY, out).path("hosts");
      assertThat(hosts).hasSize(2);
      for (JsonNode host : hosts) {
        boolean slow = host.path("host").asText().equals("slow");
        assertThat(host.path("decode_over_all").asDouble())
            .isCloseTo(slow ? 2 / 1.5 : 1 / 1.5, within(0.002));
        assertThat(host.path("prefill_over_all").asDouble()).isCloseTo(1, within(0.002));
      }
    }
  }

  /** As a reader makes them, without answers that a program can read. */
  @Test
  void theyAreWrittenAsPages() throws Exception {
    String command = theOne("notebooks/.venv/bin/jupyter nbconvert --to html .*");

    assertSucceeds(inTheCheckout(only(LATENCY, command), Map.of()));

    assertThat(checkout.resolve("results/notebooks/%s.html".formatted(LATENCY)))
        .content()
        .contains("rows measured, of all", "72 of " + measurements().count());
  }

  @Test
  void jupyterOpensThem() throws Exception {
    String command = theOne(".*/jupyter lab notebooks");
    List<String> here =
        List.of(
            "bash",
            "-c",
            "cd '%s' && exec %s --no-browser --allow-root --ServerApp.port=0"
                .formatted(checkout, command));

    try (RunningProcess lab = RunningProcess.start(folder, here)) {
      lab.await("it serves the notebooks", A_NOTEBOOK, () -> errors(lab).contains("is running at"));

      assertThat(errors(lab)).contains("Serving notebooks from local directory: " + checkout);
    }
  }

  private static String errors(RunningProcess process) {
    try {
      return process.errors();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void histogramsAreReadAsDocumented() throws Exception {
    Files.writeString(
        checkout.resolve("histograms.py"),
        DocumentedCommands.snippet("notebooks/README.md", "python"));

    ChildProcess run = inTheCheckout("notebooks/.venv/bin/python histograms.py", Map.of());

    assertSucceeds(run);
    List<String> expected =
        measurements().where("decode_histogram is not null").collectAsList().stream()
            .map(NotebooksIT::median)
            .toList();
    assertThat(run.out()).isNotEmpty().containsExactlyInAnyOrderElementsOf(expected);
  }

  private static String median(Row row) {
    LatencyHistogram all = LatencyHistogram.decode(row.getAs("decode_histogram"));
    return "%s %d %d %d"
        .formatted(
            row.getAs("cell_id"),
            row.<Integer>getAs("sequence_id"),
            all.samples(),
            all.p50Nanos().orElseThrow());
  }

  @Test
  void figuresAreWrittenWhereTheVariableSays() throws IOException {
    try (Stream<Path> files = Files.list(checkout.resolve("notebooks/figures"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "kv-growth.svg",
              "kv-heads-and-precision.svg",
              "kv-windows.svg",
              "kv-tokens-that-fit.svg",
              "latency.svg",
              "roofline.svg",
              "fractions.svg",
              "prediction.svg",
              "noise.svg",
              "closed-form.svg",
              "capacity.svg",
              "head-layouts.svg",
              "plan-roofline.svg");
    }
  }

  /** Clearing what was run gives what is committed, to the byte. */
  @Test
  void theCommittedFormIsJupytersOwn() throws Exception {
    // They were run, but the results are elsewhere.
    for (Path file : Notebook.committed()) {
      Files.copy(
          checkout.resolve("results").resolve(ANSWERED).resolve(file.getFileName()),
          checkout.resolve("notebooks").resolve(file.getFileName()),
          StandardCopyOption.REPLACE_EXISTING);
    }

    assertSucceeds(inTheCheckout(theOne(".*--clear-output.*"), Map.of()));

    for (Path file : Notebook.committed()) {
      assertThat(checkout.resolve("notebooks").resolve(file.getFileName()))
          .hasSameTextualContentAs(file);
    }
  }

  @Test
  void aFolderWithoutResultsIsOneLine() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));

    for (String name : List.of(KV_MEMORY, LATENCY)) {
      assertThat(complaint(empty, name))
          .containsExactly(
              "Unusable: %s holds no results of a sweep (measurements/*.parquet); make some with jobs/bin/headroom sweep conf/sweeps/quickstart.conf --out results/quickstart"
                  .formatted(empty));
    }
    assertThat(complaint(theOne("HEADROOM_PLAN=.*"), "\"$PWD/results/service\"", empty))
        .containsExactly(
            "Unusable: %s holds no results of a plan (candidates/*.parquet); make some with jobs/bin/headroom plan conf/plans/quickstart.conf --out results/plan"
                .formatted(empty));
  }

  @Test
  void missingColumnsAreNamedInOneLine() throws Exception {
    Path results = folder.resolve("few-columns");
    measurements()
        .drop("kv_heads", "decode_samples")
        .write()
        .parquet(results.resolve("measurements").toString());

    assertThat(complaint(results, LATENCY))
        .containsExactly(
            "Unusable: the measurements in %s lack the columns kv_heads, decode_samples"
                .formatted(results));
  }

  /** What Spark has not computed is not shown; the rest is. */
  @Test
  void resultsOfAnEarlierVersionAreShownWithoutWhatTheyLack() throws Exception {
    Path results = checkout.resolve("results/earlier");
    measurements().write().parquet(results.resolve("measurements").toString());
    sweep
        .summary(SPARK.session())
        .drop("pass_ns", "decode_share")
        .write()
        .parquet(results.resolve("summary").toString());
    String command =
        only(LATENCY, onTheCluster())
            .replace("\"$PWD/results/cluster\"", "'%s'".formatted(results));

    assertSucceeds(execute(command, "earlier-answers", Map.of()));

    JsonNode answers = answers(LATENCY, "earlier-answers");
    assertThat(answers.path("rows").asLong()).isEqualTo(measurements().count());
    assertThat(answers.path("decode_times_faster_than_mha")).isEmpty();
    assertThat(answers.path("prediction_error_p50").isNull()).isTrue();
    assertThat(checkout.resolve("results/earlier-answers/%s.ipynb".formatted(LATENCY)))
        .content()
        .contains("lacks the columns decode_share, pass_ns: what is shown of them is left out");
  }

  @Test
  void resultsWithoutAMeasuredRowAreOneLine() throws Exception {
    Path results = folder.resolve("nothing-measured");
    measurements()
        .where("status = 'unsupported'")
        .write()
        .parquet(results.resolve("measurements").toString());

    assertThat(complaint(results, LATENCY))
        .containsExactly(
            "Unusable: %s has no row with a measured decode (status ok, output_tokens of 1 or more)"
                .formatted(results));
  }

  /** What the notebook shows in place of a stack trace: the end of what the failed run prints. */
  private static List<String> complaint(Path results, String name) throws Exception {
    return complaint(only(name, onTheCluster()), "\"$PWD/results/cluster\"", results);
  }

  private static List<String> complaint(String command, String documented, Path results)
      throws Exception {
    assertThat(command).contains(documented);
    ChildProcess run =
        execute(command.replace(documented, "'%s'".formatted(results)), "failed", Map.of());

    assertThat(run.exitStatus()).isNotZero();
    int endOfCell = run.err().lastIndexOf("-".repeat(18));
    assertThat(endOfCell).as(run.toString()).isPositive();
    return run.err().subList(endOfCell + 1, run.err().size()).stream()
        .filter(line -> !line.isBlank())
        .toList();
  }

  /** The decode time of the one row of a model and precision with such heads. */
  private static boolean isMha(Row row) {
    return row.getAs("variant").equals("MHA");
  }

  /** Whether there is a row to hold it against. */
  private static boolean hasMha(List<Row> rows, Row shared) {
    return rows.stream()
        .filter(NotebooksIT::isMha)
        .anyMatch(
            row ->
                row.getAs("model").equals(shared.getAs("model"))
                    && row.getAs("kv_precision").equals(shared.getAs("kv_precision")));
  }

  private static double decodeNanos(List<Row> rows, JsonNode gain, Predicate<Row> heads) {
    List<Row> found =
        rows.stream()
            .filter(row -> row.getAs("model").equals(gain.path("model").asText()))
            .filter(row -> row.getAs("kv_precision").equals(gain.path("kv_precision").asText()))
            .filter(heads)
            .toList();
    assertThat(found).hasSize(1);
    return found.get(0).<Long>getAs("decode_ns_p50");
  }

  private static Path planned() {
    return checkout.resolve("results/plan");
  }

  private static Dataset<Row> simulations() {
    return SPARK.session().read().parquet(planned().resolve("simulations").toString());
  }

  private static Dataset<Row> measurements() {
    return sweep.measurements(SPARK.session());
  }

  private static JsonNode answers(String name) throws IOException {
    return answers(name, ANSWERED);
  }

  private static JsonNode answers(String name, String out) throws IOException {
    return Notebook.read(checkout.resolve("results").resolve(out).resolve(name + ".ipynb"))
        .answers();
  }

  private static String theOne(String pattern) {
    return DocumentedCommands.theOne("notebooks/README.md", pattern);
  }

  private static String onTheCluster() {
    return theOne("HEADROOM_RESULTS=\"\\$PWD/results/cluster\" .*");
  }

  /** The command for one notebook alone. */
  private static String only(String name, String command) {
    assertThat(command).endsWith(" notebooks/*.ipynb");
    return command.replace("*.ipynb", name + ".ipynb");
  }

  /** Runs notebooks to notebooks rather than pages, so that their answers can be read. */
  private static ChildProcess execute(String command, String out, Map<String, String> environment)
      throws IOException, InterruptedException {
    assertThat(command).contains(" --to html ", " --output-dir results/notebooks ");
    return inTheCheckout(
        command
            .replace("--to html", "--to notebook")
            .replace("results/notebooks", "results/" + out),
        environment);
  }

  private static ChildProcess inTheCheckout(String command, Map<String, String> environment)
      throws IOException, InterruptedException {
    return ChildProcess.run(
        folder,
        A_NOTEBOOK,
        environment,
        List.of("bash", "-c", "cd '%s' && %s".formatted(checkout, command)));
  }

  private static void assertSucceeds(ChildProcess run) {
    assertThat(run.exitStatus()).as(run.toString()).isZero();
  }
}
