package io.headroom.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.headroom.jobs.testkit.ChildProcess;
import io.headroom.jobs.testkit.DocumentedCommands;
import io.headroom.jobs.testkit.SharedClasses;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The commands of the README files do what these say: one after the other, as a reader would type
 * them, with sweeps of shorter sequences.
 */
class ReadmeIT {
  private static final Path ROOT = SharedData.projectRoot();
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final String README = "README.md";
  private static final String TESTS = "mvn verify";
  private static final String FORMAT = "mvn spotless:apply";
  private static final String QUICKSTART = "sweep conf/sweeps/quickstart.conf";

  private static final String PLAN = "plan conf/plans/quickstart.conf";

  private static final String SHORTER_PLAN =
      " --set plan.models=[llama-3.1-8b] --set plan.accelerators=[l40s] --set plan.simulate.best=2 --set plan.simulate.requests=200";

  private static final String HOST = "calibrate --measurements results/";

  private static final String HOST_PLAN = "plan conf/plans/cpu.conf";

  private static final String SHORTER_HOST_PLAN =
      " --set plan.accelerators=[results/my_host.json] --set plan.kv-heads=[model,mqa] --set plan.kv-precisions=[bf16] --set plan.limits.max-batched-tokens=[256] --set plan.simulate.best=1 --set plan.simulate.requests=50";

  private static final String SHORTER =
      " --set sweep.sequences.lengths=[16,32] --set sweep.kv-precisions=[bf16] --set sweep.measure.max-seconds-per-cell=0.05";

  /** Who runs a command: the first is this class, and the others are named after their tests. */
  private static final Map<String, Predicate<String>> RUNNERS =
      Map.of(
          "commandsWork",
          ReadmeIT::isOfThisMachine,
          "sparkSubmitGetsWhatIsMeantForIt",
          ReadmeIT::isOfResourceManager,
          "sourcesAreInTheOneFormat",
          FORMAT::equals,
          "theFirstTwoRunTheMainJobAndTheTests",
          TESTS::equals,
          "StandaloneClusterIT",
          command -> command.contains("HOST:7077") || command.contains("Master"),
          // Tables of accelerators and runs of servers are not the project's: tests make some.
          "CalibrateCommandTest",
          command -> command.startsWith("jobs/bin/headroom calibrate ") && !command.contains(HOST),
          "ServingCheckTest",
          command -> command.startsWith("jobs/bin/headroom plan --check "),
          "NotebooksIT",
          command -> command.contains("notebooks/.venv"),
          "ReportIT",
          command -> command.startsWith("chromium "),
          // Downloads hundreds of megabytes and measures for minutes: its parts have tests in core.
          "by hand",
          command -> command.startsWith("mvn -Ppeers "));

  @TempDir static Path folder;

  private static Stream<String> commands() {
    return Stream.of(
            README, "core/README.md", "jobs/README.md", "conf/README.md", "notebooks/README.md")
        .flatMap(file -> DocumentedCommands.of(file).stream());
  }

  private static boolean isOfThisMachine(String command) {
    return command.startsWith("jobs/bin/headroom ")
        && (!command.startsWith("jobs/bin/headroom calibrate ") || command.contains(HOST))
        && !command.startsWith("jobs/bin/headroom plan --check ")
        && !command.contains("://HOST");
  }

  private static boolean isOfResourceManager(String command) {
    return command.contains("SPARK_HOME=/opt/spark ");
  }

  static Stream<String> ofResourceManagers() {
    return commands().filter(ReadmeIT::isOfResourceManager);
  }

  @Test
  void everyCommandIsSomebodys() {
    assertThat(commands())
        .hasSizeGreaterThan(20)
        .allSatisfy(
            command ->
                assertThat(RUNNERS.values().stream().filter(runner -> runner.test(command)))
                    .as(command)
                    .hasSize(1));
  }

  @Test
  void theFirstTwoRunTheMainJobAndTheTests() throws IOException {
    List<String> commands = DocumentedCommands.of(README);
    assertThat(commands.get(0)).startsWith("jobs/bin/headroom " + QUICKSTART);
    assertThat(commands.get(1)).isEqualTo(TESTS);
    assertThat(Files.readAllLines(ROOT.resolve(".ci/run")))
        .anyMatch(line -> line.startsWith("mvn ") && line.endsWith(" verify"));
  }

  /** In order, for some go on with the results of others. */
  @TestFactory
  Stream<DynamicTest> commandsWork() throws IOException {
    Files.createDirectories(folder.resolve("results"));
    return commands()
        .filter(ReadmeIT::isOfThisMachine)
        .map(command -> dynamicTest(command, () -> assertWorks(command)));
  }

  private static void assertWorks(String command) throws Exception {
    String here =
        command
            .replace(QUICKSTART, QUICKSTART + SHORTER)
            .replace(PLAN, PLAN + SHORTER_PLAN)
            .replace(HOST_PLAN, HOST_PLAN + SHORTER_HOST_PLAN)
            .replace("results/", folder.resolve("results") + "/");

    ChildProcess run =
        ChildProcess.run(
            folder, LONGEST, environment(command), List.of("bash", "-c", "exec " + here));

    assertThat(run.exitStatus()).as(run.toString()).isZero();
    assertThat(run.errorsOfHeadroom())
        .allMatch(
            line ->
                line.matches(
                    "(sweep|plan): .*|\\w+: fitted to .* rows|.*: rows left out: .*|the last-level cache .*"));
    assertThat(run.out()).isNotEmpty();
    Matcher out = Pattern.compile(" --out (\\S+)").matcher(here);
    if (out.find()) {
      Path written = Path.of(out.group(1));
      boolean isFile = command.contains(" report ") || command.contains(HOST);
      assertThat(isFile ? written : written.resolve("manifest.json")).isNotEmptyFile();
    } else {
      assertThat(command).containsAnyOf(" kv ", " --dry-run");
    }
  }

  /**
   * What lets Spark begin sooner; and only measuring needs better code than the first compiler's.
   */
  private static Map<String, String> environment(String command) throws Exception {
    if (command.contains(" kv ")) {
      return Map.of();
    }
    return Stream.of(" report ", " --dry-run", " --resume", "local-cluster", HOST, HOST_PLAN)
            .anyMatch(command::contains)
        ? SharedClasses.usedByFirstCompiler(folder)
        : SharedClasses.used(folder);
  }

  /** No such cluster is at hand: in the place of Spark is one who says what he was told. */
  @ParameterizedTest
  @MethodSource("ofResourceManagers")
  void sparkSubmitGetsWhatIsMeantForIt(String command) throws Exception {
    Path spark = Files.createTempDirectory(folder, "spark");
    Files.writeString(
        Files.createFile(
            Files.createDirectory(spark.resolve("bin")).resolve("spark-submit"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"))),
        "#!/bin/sh\necho \"$HADOOP_CONF_DIR $*\"\n");

    ChildProcess run =
        ChildProcess.run(
            folder,
            LONGEST,
            List.of("bash", "-c", command.replace("/opt/spark", spark.toString())));

    assertThat(run.exitStatus()).as(run.toString()).isZero();
    String[] job = command.replaceFirst(".*jobs/bin/headroom ", "").split(" -- ", -1);
    assertThat(run.out())
        .singleElement()
        .asString()
        .contains(" %s --".formatted(job[1]))
        .contains(" --class io.headroom.jobs.Headroom ")
        .endsWith("headroom-jobs.jar " + job[0]);
    if (command.contains("HADOOP_CONF_DIR=")) {
      assertThat(run.out().get(0)).startsWith("/etc/hadoop/conf ");
    }
  }

  /** Asked, and not changed by a test. */
  @Test
  void sourcesAreInTheOneFormat() throws Exception {
    ChildProcess run =
        ChildProcess.run(
            folder, LONGEST, List.of("bash", "-c", FORMAT.replace(":apply", ":check -B -ntp -q")));

    assertThat(run.exitStatus()).as(run.toString()).isZero();
  }

  @Test
  void theExampleOfASweepIsOne() throws Exception {
    Path conf =
        Files.writeString(
            folder.resolve("example.conf"), DocumentedCommands.snippet("conf/README.md", "hocon"));

    ChildProcess run =
        ChildProcess.run(
            folder,
            LONGEST,
            SharedClasses.usedByFirstCompiler(folder),
            List.of("jobs/bin/headroom", "sweep", conf.toString(), "--dry-run"));

    assertThat(run.exitStatus()).as(run.toString()).isZero();
    // Two models, four layouts of which two come to the same for one, three precisions, two
    // windows.
    assertThat(run.out()).anyMatch(line -> line.matches("\\d+ cells, 12 sequences, .*"));
  }
}
