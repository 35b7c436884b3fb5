package io.headroom.jobs.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.headroom.jobs.Headroom;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.WithoutSpark;
import io.headroom.testkit.ChildJvm;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(WithoutSpark.class)
class VerifyCommandTest {
  private static final int ENGINES = 3;

  @TempDir Path folder;

  @Test
  void everyEngineAgreesWithEveryGoldenFile() {
    List<Path> files = goldenFiles();

    CommandRun run = verify(files);

    assertThat(run.exitStatus()).as(run.toString()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(files).hasSizeGreaterThan(10);
    for (Path file : files) {
      for (String engine : List.of("vector", "nd4j", "reference")) {
        assertThat(run.out())
            .filteredOn(line -> line.matches(file.getFileName() + " +" + engine + " .*"))
            .singleElement()
            .asString()
            .endsWith("  pass");
      }
    }
    assertThat(run.out()).contains(ENGINES * files.size() + " passed, 0 failed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "nd4j", "reference"})
  void runsOneEngineOnRequest(String engine) {
    CommandRun run = verify(List.of(golden("gqa-causal")), "--engine", engine);

    assertThat(run.exitStatus()).isZero();
    assertThat(run.out()).contains("1 passed, 0 failed");
    assertThat(run.out().get(2)).matches("gqa-causal.safetensors +" + engine + " .*");
  }

  /** Engines that compute in float cannot be without error; the reference may round to it. */
  @Test
  void whatIsBeyondTheToleranceFails() {
    CommandRun run =
        verify(List.of(golden("mha-causal"), golden("window-sinks")), "--tolerance", "0");

    assertThat(run.exitStatus()).isEqualTo(1);
    for (String file : List.of("mha-causal", "window-sinks")) {
      for (String engine : List.of("vector", "nd4j")) {
        assertThat(run.out())
            .filteredOn(line -> line.matches(file + ".safetensors +" + engine + " .*"))
            .singleElement()
            .asString()
            .contains("  0.00e+00  ")
            .endsWith("  FAIL");
      }
    }
    assertThat(run.out().get(run.out().size() - 1)).matches("[0-2] passed, [4-6] failed");
  }

  @Test
  void aWrongOutputFails() throws IOException {
    byte[] bytes = Files.readAllBytes(golden("mha-causal"));
    // The exponent of the last number.
    bytes[bytes.length - 1] ^= 0x04;
    Path wrong = Files.write(folder.resolve("wrong.safetensors"), bytes);

    CommandRun run = verify(List.of(golden("gqa-causal"), wrong));

    assertThat(run.exitStatus()).as(run.toString()).isEqualTo(1);
    assertThat(run.out()).contains(ENGINES + " passed, " + ENGINES + " failed");
    assertThat(run.out().stream().filter(line -> line.endsWith("  FAIL")))
        .hasSize(ENGINES)
        .allMatch(line -> line.startsWith("wrong.safetensors"));
  }

  /** Nothing is run when one of the files is broken. */
  @Test
  void aTruncatedFileIsNamed() throws IOException {
    byte[] bytes = Files.readAllBytes(golden("mha-causal"));
    Path cut =
        Files.write(folder.resolve("cut.safetensors"), Arrays.copyOf(bytes, bytes.length / 2));

    assertMistake(verify(List.of(golden("gqa-causal"), cut)), "headroom: " + cut);
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake("headroom verify: Missing required parameter: 'FILE'"),
        mistake("headroom: /nowhere: no such file", "/nowhere"),
        mistake("headroom: / is a folder; a safetensors file is needed", "/"),
        mistake(
            "headroom verify: Invalid value for option '--tolerance': 'x' is not a double",
            "/",
            "--tolerance",
            "x"),
        mistake(
            "headroom: --tolerance -1.0: must be a number of at least 0", "/", "--tolerance", "-1"),
        mistake(
            "headroom: --tolerance NaN: must be a number of at least 0",
            "/",
            "--tolerance",
            "NaN"));
  }

  private static Arguments mistake(String message, String... arguments) {
    return arguments(message, List.of(arguments));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakesAreOneLine(String message, List<String> arguments) {
    assertMistake(
        CommandRun.of(
            Stream.concat(Stream.of("verify"), arguments.stream()).toArray(String[]::new)),
        message);
  }

  @Test
  void unknownEnginesAreNamed() {
    assertMistake(
        verify(List.of(golden("mha-causal")), "--engine", "cuda"),
        "headroom: unknown engine cuda; allowed: vector, nd4j, reference");
  }

  /** A process whose class path lacks OpenBLAS for this platform. */
  @Test
  void anEngineThatIsNotThereIsNamed() {
    Path file = golden("mha-causal");

    ChildJvm.Result result =
        ChildJvm.run(
            VerifyWithNd4j.class,
            List.of("-Dgolden=" + file),
            entry -> !entry.startsWith("openblas-"));

    assertThat(result.exitStatus()).as(result.lines().toString()).isEqualTo(2);
    assertThat(result.lines())
        .filteredOn(line -> line.startsWith("headroom: "))
        .singleElement()
        .asString()
        .startsWith("headroom: --engine nd4j: the nd4j engine is not available: ")
        .endsWith("; allowed: another of vector, nd4j, reference");
    assertThat(result.lines()).noneMatch(line -> line.startsWith("\tat "));
  }

  /** The command line of the process above. */
  static final class VerifyWithNd4j {
    public static void main(String[] ignored) {
      Headroom.main(new String[] {"verify", System.getProperty("golden"), "--engine", "nd4j"});
    }
  }

  private static void assertMistake(CommandRun run, String message) {
    assertThat(run.exitStatus()).as(run.toString()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).singleElement().asString().startsWith(message);
  }

  private static List<Path> goldenFiles() {
    return SharedData.files("golden", ".safetensors");
  }

  private static Path golden(String name) {
    return SharedData.require("golden/" + name + ".safetensors");
  }

  private static CommandRun verify(List<Path> files, String... more) {
    return CommandRun.of(
        Stream.concat(
                Stream.concat(Stream.of("verify"), files.stream().map(Path::toString)),
                Stream.of(more))
            .toArray(String[]::new));
  }
}
