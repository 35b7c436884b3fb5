package io.headroom.attention.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.testkit.ChildJvm;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What only a process of its own can show. */
class Nd4jProcessTest {
  /** The scores of one step, leaked in each of 10,000, would come to 20 MB. */
  private static final long ALLOWED_GROWTH_BYTES = 8L << 20;

  @Test
  void startsWithoutAWord() {
    ChildJvm.Result result = ChildJvm.run(PrintNd4jDetail.class, List.of());

    assertThat(result.exitStatus()).isZero();
    assertThat(ownLines(result)).singleElement().asString().startsWith("openblas-0.3.31-");
  }

  @ParameterizedTest
  @CsvSource({"nd4j-native-1, jnind4jcpu", "openblas-, jniopenblas_nolapack"})
  void aMissingNativeLibraryIsNamedInOneLine(String jar, String library) {
    ChildJvm.Result result =
        ChildJvm.run(
            PrintNd4jDetail.class,
            // ND4J logs what it could not load before it throws.
            List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=off"),
            entry -> !(entry.startsWith(jar) && entry.matches(".*-(linux|macosx|windows)-.*")));

    assertThat(result.exitStatus()).isZero();
    assertThat(ownLines(result))
        .singleElement()
        .asString()
        .startsWith(
            "the nd4j engine is not available: java.lang.UnsatisfiedLinkError: Could not find "
                + library);
  }

  @Test
  void memoryBeyondTheLimitOfJavaCppIsForeseen() {
    ChildJvm.Result result =
        ChildJvm.run(PrintForeseenMemory.class, List.of("-Dorg.bytedeco.javacpp.maxbytes=48m"));

    assertThat(result.exitStatus()).as("%s", result.lines()).isZero();
    assertThat(ownLines(result)).containsExactly("100 fit", "60000 do not fit");
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

    ChildJvm.Result result = ChildJvm.run(PrintNativeGrowth.class, fixedHeap);

    assertThat(result.exitStatus()).as("%s", result.lines()).isZero();
    String last = result.lines().get(result.lines().size() - 1);
    assertThat(Long.parseLong(last)).isLessThan(ALLOWED_GROWTH_BYTES);
  }

  /** Without what JDK 24 and later print of native access and of Unsafe, whoever uses them. */
  private static List<String> ownLines(ChildJvm.Result result) {
    return result.lines().stream()
        .filter(line -> !line.isBlank() && !line.startsWith("WARNING:"))
        .toList();
  }
}
