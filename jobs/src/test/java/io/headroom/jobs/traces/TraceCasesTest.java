package io.headroom.jobs.traces;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.UserException;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Traces that people have, each with what is right beside it: so many requests, told with the
 * reason, or either.
 */
class TraceCasesTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests?\\b");
  private static final Pattern SKIPPED = Pattern.compile("(\\d+) skipped");

  /** Where telling would do, and reading does better. */
  private static final Map<String, Integer> READ_WHERE_TELLING_WOULD_DO =
      Map.of("trace-azure-epoch-ms", 1, "trace-azure-gz-misnamed", 2, "trace-azure-semicolon", 2);

  @TestFactory
  Stream<DynamicTest> everyCaseIsRightOrTold() throws IOException {
    Path cases = SharedData.require("cases");
    try (Stream<Path> folders = Files.list(cases)) {
      return folders
          .filter(folder -> folder.getFileName().toString().startsWith("trace-"))
          .sorted()
          .toList()
          .stream()
          .map(
              folder ->
                  DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check(folder)));
    }
  }

  private static void check(Path folder) throws IOException {
    String expected = Files.readString(folder.resolve("expected.txt"));
    Optional<Integer> requests =
        number(REQUESTS, expected)
            .or(
                () ->
                    Optional.ofNullable(
                        READ_WHERE_TELLING_WOULD_DO.get(folder.getFileName().toString())));
    Path file = input(folder);
    try {
      Trace trace = new TraceReader(SPARK.session()).read(file.toString());

      assertThat(requests).as("may be read").isPresent();
      assertThat(trace.counts().used()).isEqualTo(requests.get().longValue());
      assertThat(trace.requests().count()).isEqualTo(requests.get().longValue());
      assertThat(trace.counts().rows() - trace.counts().used())
          .isEqualTo(number(SKIPPED, expected).orElse(0).longValue());
      checkRequests(folder.getFileName().toString(), trace);
    } catch (UserException e) {
      assertThat(expected).as(e.getMessage()).contains("told");
      assertThat(e.getMessage()).startsWith(file.toString()).hasLineCount(1);
    }
  }

  /** What a simulation of serving gets of it, with the histories and without. */
  private static void checkRequests(String name, Trace trace) {
    Trace historic = new TraceReader(SPARK.session()).withHistory().read(trace.file());
    TraceRequests plain = TraceRequests.first(trace, 100);
    TraceRequests requests = TraceRequests.first(historic, 100);

    assertThat(historic.counts()).isEqualTo(trace.counts());
    assertThat(requests.count()).isEqualTo((int) trace.counts().used());
    assertThat(requests.inputTokens()).isEqualTo(plain.inputTokens());
    assertThat(requests.outputTokens()).isEqualTo(plain.outputTokens());
    assertThat(requests.arrivalMillis()).isSorted().isEqualTo(plain.arrivalMillis());
    assertThat(requests.timed())
        .isEqualTo(!Set.of("trace-aiperf-delay", "trace-vidur-static").contains(name));
    Map<String, Integer> blockTokens = Map.of("trace-bailian", 16, "trace-weka", 64);
    assertThat(requests.prefixBlockTokens()).isEqualTo(blockTokens.getOrDefault(name, 0));
    switch (name) {
      case "trace-bailian" ->
          assertThat(requests.prefixBlocks()).isDeepEqualTo(new int[][] {{0, 1}, {2}});
      case "trace-weka" ->
          assertThat(requests.prefixBlocks()).isDeepEqualTo(new int[][] {{0}, {1}, {2}, {3}, {4}});
      default -> assertThat(requests.prefixBlocks()).isEmpty();
    }
    if (name.equals("trace-aiperf-delay")) {
      assertThat(requests.previous()).containsExactly(TraceRequests.NONE, 0);
      assertThat(requests.delayMillis()).containsExactly(0, 1000);
    } else {
      assertThat(requests.previous()).isEmpty();
    }
  }

  private static Optional<Integer> number(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(Integer.valueOf(matcher.group(1))) : Optional.empty();
  }

  private static Path input(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> !file.getFileName().toString().equals("expected.txt"))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
