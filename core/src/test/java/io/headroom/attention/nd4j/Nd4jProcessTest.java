package io.headroom.attention.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.testkit.ChildJvm;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a process of its own can show. */
class Nd4jProcessTest {
  private static final Predicate<String> EVERYTHING = entry -> true;

  /** The scores of one step, leaked in each of 10,000, would come to 20 MB. */
  private static final long ALLOWED_GROWTH_BYTES = 8L << 20;

  @Test
  void startsWithoutAWord() {
    ChildJvm.Result result = ChildJvm.run(PrintNd4jDetail.class, List.of(), EVERYTHING);

    assertThat(result.exitStatus()).isZero();
    // JDK 24 and later warn of native access and of Unsafe, whoever uses them.
    List<String> own =
        result.lines().stream().filter(line -> !line.startsWith("WARNING:")).toList();
    assertThat(own).singleElement().asString().startsWith("openblas-0.3.31-");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nd4j-native-1", "openblas-"})
  void aMissingNativeLibraryIsNamedInOneLine(String jar) {
    ChildJvm.Result result =
        ChildJvm.run(
            PrintNd4jDetail.class,
            List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=off"),
            entry -> !(entry.startsWith(jar) && entry.matches(".*-(linux|macosx|windows)-.*")));

    assertThat(result.exitStatus()).isZero();
    List<String> own =
        result.lines().stream().filter(line -> !line.startsWith("WARNING:")).toList();
    assertThat(own)
        .singleElement()
        .asString()
        .startsWith("the nd4j engine is not available: java.lang.");
  }

  @Test
  void decodeDoesNotGrowTheProcess() {
    // A heap that is touched from the start, so that all growth is outside it, and little of that
    // is the JVM's own.
    List<String> fixedHeap =
        List.of(
            "-Xms64m",
            "-Xmx64m",
            "-XX:+AlwaysPreTouch",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1");

    ChildJvm.Result result = ChildJvm.run(PrintNativeGrowth.class, fixedHeap, EVERYTHING);

    assertThat(result.exitStatus()).as("%s", result.lines()).isZero();
    String last = result.lines().get(result.lines().size() - 1);
    assertThat(Long.parseLong(last)).isLessThan(ALLOWED_GROWTH_BYTES);
  }
}
