package io.headroom.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.testkit.ChildProcess;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands of the README do what it says, sweeps on shorter sequences. */
class ReadmeIT {
  private static final Path ROOT = SharedData.projectRoot();
  private static final Pattern SHELL_BLOCK = Pattern.compile("(?s)```bash\\n(.*?)```");
  private static final Duration LONGEST = Duration.ofSeconds(180);
  private static final String TESTS = "mvn verify";

  /** Downloads hundreds of megabytes and measures for minutes; its profile has tests of its own. */
  private static final String COMPARISONS = "mvn -Ppeers ";

  private static final String SHORTER =
      " --set sweep.sequences.lengths=[16] --set sweep.measure.max-seconds-per-cell=0.05";

  @TempDir Path folder;

  static List<String> commands() throws IOException {
    return SHELL_BLOCK
        .matcher(Files.readString(ROOT.resolve("README.md")))
        .results()
        .flatMap(block -> block.group(1).lines())
        .toList();
  }

  static Stream<String> commandsOfHeadroom() throws IOException {
    return commands().stream()
        .filter(command -> !command.equals(TESTS))
        .filter(command -> !command.startsWith(COMPARISONS));
  }

  @Test
  void theFirstTwoRunTheMainJobAndTheTests() throws IOException {
    assertThat(commands().get(0)).startsWith("jobs/bin/headroom sweep conf/sweeps/quickstart.conf");
    assertThat(commands().get(1)).isEqualTo(TESTS);
    assertThat(Files.readAllLines(ROOT.resolve(".ci/run")))
        .anyMatch(line -> line.startsWith("mvn ") && line.endsWith(" verify"));
  }

  @ParameterizedTest
  @MethodSource("commandsOfHeadroom")
  void commandsWork(String command) throws Exception {
    String here =
        command.replaceFirst(
            " --out results/(\\w+)", " --out '%s/$1'%s".formatted(folder, SHORTER));

    ChildProcess run = ChildProcess.run(folder, LONGEST, List.of("bash", "-c", "exec " + here));

    assertThat(run.exitStatus()).as(run.toString()).isZero();
    assertThat(run.out()).isNotEmpty();
    boolean writes = command.contains(" --out ");
    assertThat(parquetFiles().isEmpty()).isEqualTo(!writes);
  }

  private List<Path> parquetFiles() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).toList();
    }
  }
}
