package io.headroom.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headroom.jobs.testkit.ChildProcess;
import io.headroom.testkit.SharedData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The launcher and the packaged jar, as a user has them. */
class LauncherIT {
  private static final Duration A_MOMENT = Duration.ofSeconds(60);
  private static final Path ROOT = SharedData.projectRoot();

  @TempDir Path folder;

  @Test
  void countsBytesWithoutSpark() throws Exception {
    ChildProcess run = headroom(A_MOMENT, "kv", "llama-2-7b", "--tokens", "1024", "--json");

    assertThat(run.exitStatus()).as(run.toString()).isZero();
    assertThat(run.err()).isEmpty();
    JsonNode report = new ObjectMapper().readTree(String.join("\n", run.out()));
    assertThat(report.path("kv_bytes_per_sequence").asLong()).isEqualTo(536_870_912);
    assertThat(report.path("kv_bytes_mqa").asLong()).isEqualTo(16_777_216);
  }

  /** Twice: the first run may write the classes that the next ones share. */
  @Test
  void countingNeedsNoSparkOfTheUsers() throws Exception {
    for (int i = 0; i < 2; i++) {
      ChildProcess run =
          withSparkHome("/opt/gone", "kv", "gpt2", "lama", "--tokens", "1", "--json");

      assertThat(run.exitStatus()).as(run.toString()).isEqualTo(2);
      assertThat(run.out()).singleElement().asString().contains("\"kv_bytes_per_token\":36864");
      assertThat(run.err()).singleElement().asString().startsWith("headroom: no model 'lama'");
    }
  }

  @Test
  void aSparkThatIsGoneOrTooOldIsTold() throws Exception {
    assertToldOfSpark("/opt/gone", "it has no bin/spark-submit: /opt/gone");
    Path old = folder.resolve("spark-3.5.1");
    Files.createDirectories(old.resolve("jars"));
    Files.createFile(old.resolve("jars/spark-core_2.12-3.5.1.jar"));
    Files.createDirectories(old.resolve("bin"));
    Files.copy(Path.of("/bin/true"), old.resolve("bin/spark-submit"));
    assertToldOfSpark(old.toString(), "it has spark-core_2.12-3.5.1.jar: " + old);
  }

  private void assertToldOfSpark(String home, String reason) throws Exception {
    for (List<String> command :
        List.of(
            List.of("sweep", "conf/sweeps/quickstart.conf", "--dry-run"),
            List.of("report", "results", "--out", "report.html"))) {
      ChildProcess run = withSparkHome(home, command.toArray(String[]::new));

      assertThat(run.exitStatus()).as(run.toString()).isEqualTo(2);
      assertThat(run.err())
          .singleElement()
          .asString()
          .startsWith("headroom: SPARK_HOME must be a Spark 4")
          .endsWith(reason);
    }
  }

  private ChildProcess withSparkHome(String home, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("env", "SPARK_HOME=" + home));
    command.add(ROOT.resolve("jobs/bin/headroom").toString());
    command.addAll(Arrays.asList(arguments));
    return ChildProcess.run(folder, A_MOMENT, command);
  }

  static Stream<List<String>> mistakes() {
    return Stream.of(
        List.of("kv", "lama", "--tokens", "5"),
        List.of("colour"),
        List.of(),
        List.of("verify", "/nowhere.safetensors"),
        List.of("sweep", "/nowhere.conf", "--out", "/nowhere"),
        List.of("sweep", "conf/sweeps/quickstart.conf", "--set", "sweep.engines=[cuda]"));
  }

  /** One line of ours; the other is Java's, where vectors are switched on. */
  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakesAreOneLine(List<String> arguments) throws Exception {
    ChildProcess run = headroom(A_MOMENT, arguments.toArray(String[]::new));

    assertThat(run.exitStatus()).as(run.toString()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.errorsOfHeadroom()).singleElement().asString().startsWith("headroom");
    assertThat(run.err()).hasSizeLessThanOrEqualTo(Runtime.version().feature() < 25 ? 2 : 3);
  }

  @Test
  void theJarRunsUnderSparkSubmit() throws Exception {
    ChildProcess run =
        ChildProcess.run(
            folder,
            A_MOMENT,
            List.of(
                ROOT.resolve("jobs/target/spark/bin/spark-submit").toString(),
                "--master",
                "local[1]",
                "--driver-memory",
                "512m",
                "--class",
                "io.headroom.jobs.Headroom",
                ROOT.resolve("jobs/target/headroom-jobs.jar").toString(),
                "kv",
                "qwen2-0.5b",
                "--tokens",
                "1",
                "--json"));

    assertThat(run.exitStatus()).as(run.toString()).isZero();
    assertThat(new ObjectMapper().readTree(run.out().get(0)).path("kv_bytes_per_token").asLong())
        .isEqualTo(12_288);
  }

  private ChildProcess headroom(Duration longest, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(ROOT.resolve("jobs/bin/headroom").toString()));
    command.addAll(Arrays.asList(arguments));
    return ChildProcess.run(folder, longest, command);
  }
}
