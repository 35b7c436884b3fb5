package io.headroom.jobs.sweep.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.testkit.ChildJvm;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Shards in a process whose memory, or whose libraries, are not enough for one of them. */
class ShardProcessTest {

  @Test
  void aSequenceThatTakesAllMemoryFailsAndTheOthersAreMeasured() {
    List<String> rows = rows("hungry", List.of("-Xmx512m"), entry -> true);

    assertThat(rows)
        .containsExactly(
            "row vector 0 ok null",
            "row vector 1 ok null",
            "row vector 2 ok null",
            "row hungry 0 ok null",
            "row hungry 1 failed java.lang.OutOfMemoryError: Java heap space",
            "row hungry 2 ok null",
            "row vector 0 ok null",
            "row vector 1 ok null",
            "row vector 2 ok null");
  }

  static Stream<Arguments> missingLibraries() {
    Predicate<String> isNative = entry -> entry.matches(".*-(linux|macosx|windows)-.*");
    return Stream.of(
        Arguments.of("its jars", List.of(), (Predicate<String>) e -> !e.startsWith("nd4j-")),
        Arguments.of(
            "its library",
            List.of(),
            (Predicate<String>) e -> !(e.startsWith("nd4j-native-1") && isNative.test(e))),
        Arguments.of(
            "a library for this platform",
            List.of("-Dorg.bytedeco.javacpp.platform=plan9-vax"),
            (Predicate<String>) e -> true));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("missingLibraries")
  void anEngineWithoutItsLibraryFailsAndTheOthersAreMeasured(
      String missing, List<String> options, Predicate<String> classPathEntry) {
    List<String> arguments = new ArrayList<>(options);
    arguments.add("-Xmx512m");

    List<String> rows = rows("nd4j", arguments, classPathEntry);

    assertThat(rows).filteredOn(row -> row.startsWith("row vector")).hasSize(6);
    assertThat(rows)
        .filteredOn(row -> row.startsWith("row vector"))
        .allMatch(row -> row.endsWith(" ok null"));
    assertThat(rows)
        .filteredOn(row -> row.startsWith("row nd4j"))
        .hasSize(3)
        .allMatch(row -> row.contains(" failed the nd4j engine is not available: java.lang."));
  }

  private static List<String> rows(
      String engine, List<String> options, Predicate<String> classPathEntry) {
    List<String> arguments =
        new ArrayList<>(
            ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.startsWith("-Xmx") && !argument.startsWith("-java"))
                .toList());
    arguments.addAll(options);
    arguments.add("-Dengine=" + engine);
    ChildJvm.Result result = ChildJvm.run(MeasureThreeShards.class, arguments, classPathEntry);
    assertThat(result.exitStatus()).as("%s", result.lines()).isZero();
    return result.lines().stream().filter(line -> line.startsWith("row ")).toList();
  }
}
