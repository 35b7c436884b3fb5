package io.headroom.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.testkit.Fuzz;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever a line holds, it is a request, skipped or broken. */
class TraceLinesFuzzTest {
  private static final long MIB = 1L << 20;
  private static final List<TraceDescription> DESCRIPTIONS =
      Stream.concat(
              Stream.<TraceDescription>of(TraceFormat.values()),
              Stream.of(
                  new TraceColumns(Optional.empty(), "usage.prompt_tokens", "output_length"),
                  new TraceColumns(
                      Optional.of(new ArrivalColumn("t", ArrivalUnit.NANOSECONDS)), "in", "out")))
          .toList();

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
                """),
            bytes(
                """
                {"session_id": "a", "input_length": 300, "output_length": 40}
                {"session_id": "a", "delay": 1000, "input_length": 150, "output_length": 20}
                """),
            bytes(
                """
                {"id": "c1", "requests": [{"t": 0.5, "in": 7, "out": 2}, {"t": 9, "requests": []}]}
                {"id": "c1", "t": 0.5, "in": 101, "out": 20, "hash_ids": [1], "think_time": 0.5}
                """),
            bytes(
                """
                {"arrival_time_ns": 5, "sub_requests": [{"input_toks": 3, "output_toks": 1, "tool_duration_ns": 7}]}
                """),
            bytes(
                """
                "arrived_at";"num_prefill_tokens";"num_decode_tokens"
                "0.5";"37""72";54.0
                """),
            bytes(
                """
                {"usage": {"prompt_tokens": 5, "completion_tokens": 7}, "choices": [{}]}
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
            "ContextTokens,",
            "\"\"",
            "\";\"",
            "\"sub_requests\":[{\"arrival_time_ns\":9223372036854775807}],",
            "\"requests\":{\"requests\":[[]]},",
            "\"usage\":{\"usage\":{}},",
            "\"hash_ids\":[1,99999999999999999999,[{}],null],",
            "\"tool_duration_ns\":9223372036854775807,",
            "\"think_time\":-1e999,",
            "\"block_size\":-1,",
            "\"session_id\":{\"a\":[]},");

    assertThat(Fuzz.run(valid, tokens, 64 * MIB, TraceLinesFuzzTest::read)).isPositive();
  }

  private static void read(byte[] input) {
    List<String> lines = new String(input, StandardCharsets.UTF_8).lines().toList();
    if (lines.isEmpty()) {
      return;
    }
    TraceHead head = TraceHead.ofLine(lines.get(0));
    assertThat(head.fields()).isNotNull();
    for (TraceDescription description : DESCRIPTIONS) {
      Optional<TraceLineParser> parser = head.parser(description);
      Optional<TraceLineParser> historic = head.parserWithHistory(description);
      for (String line : lines) {
        parser.map(found -> found.parse(line)).ifPresent(TraceLinesFuzzTest::requireLine);
        historic.map(found -> found.parse(line)).ifPresent(TraceLinesFuzzTest::requireLine);
      }
    }
  }

  private static void requireLine(TraceLine line) {
    assertThat(line).isNotNull();
    if (line instanceof TraceSession session) {
      session.requests().forEach(TraceLinesFuzzTest::requireLine);
    }
    if (line instanceof TraceRequest request && request.hasArrival()) {
      assertThat(request.since(request.arrivalNanos()).arrivalNanos()).isZero();
      assertThat(request.lengths().totalTokens()).isPositive();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
