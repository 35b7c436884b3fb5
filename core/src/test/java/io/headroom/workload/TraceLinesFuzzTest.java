package io.headroom.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.testkit.Fuzz;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whatever a line holds, it is a request, skipped or broken. */
class TraceLinesFuzzTest {
  private static final long MIB = 1L << 20;

  @Test
  void everyLineComesToSomething() {
    List<byte[]> valid =
        List.of(
            bytes(
                """
                TIMESTAMP,ContextTokens,GeneratedTokens
                2023-11-16 18:15:46.6805900,374,44
                2024-05-10 00:00:00+00:00,396,109
                """),
            bytes(
                """
                Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type
                5,ChatGPT,472,18,490,Conversation log
                45.5,GPT-4,1087,0,1317,API log
                """),
            bytes(
                """
                {"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47, 2353]}
                {"timestamp": 30535.5, "input_length": 6472, "output_length": 26, "hash_ids": []}
                """));
    List<String> tokens =
        List.of(
            "\"timestamp\":1e99999,",
            "\"input_length\":{},",
            "2261-12-31 23:59:59.999999999-18:00",
            "1970-01-01T00:00:00+18:00",
            "2024-02-30 00:00:00Z",
            "1e-99999999",
            "1e2147483647",
            "1e-2147483648",
            ",,,,,,",
            "ContextTokens,");

    assertThat(Fuzz.run(valid, tokens, 64 * MIB, TraceLinesFuzzTest::read)).isPositive();
  }

  private static void read(byte[] input) {
    List<String> lines = new String(input, StandardCharsets.UTF_8).lines().toList();
    if (lines.isEmpty()) {
      return;
    }
    for (TraceFormat format : TraceFormat.values()) {
      Optional<TraceLineParser> parser = format.parser(lines.get(0));
      for (String line : lines) {
        parser.map(found -> found.parse(line)).ifPresent(TraceLinesFuzzTest::requireLine);
      }
    }
  }

  private static void requireLine(TraceLine line) {
    assertThat(line).isNotNull();
    if (line instanceof TraceRequest request) {
      assertThat(request.since(request.arrivalNanos()).arrivalNanos()).isZero();
      assertThat(request.lengths().totalTokens()).isPositive();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
