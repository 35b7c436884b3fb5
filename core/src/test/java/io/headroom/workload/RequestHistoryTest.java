package io.headroom.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestHistoryTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long MILLISECOND = 1_000_000L;
  private static final String MOONCAKE =
      "{\"timestamp\": 3, \"input_length\": 1024, \"output_length\": 5, \"hash_ids\": [46, 47]}";

  @Test
  void isNotReadUnlessAskedFor() {
    TraceLineParser parser = TraceHead.ofLine(MOONCAKE).parser(TraceFormat.MOONCAKE).orElseThrow();

    assertThat(parser.parse(MOONCAKE)).isEqualTo(new TraceRequest(3 * MILLISECOND, 1024, 5));
    assertThat(parser.parse(MOONCAKE.replace("[46, 47]", "{}")))
        .as("nor looked at")
        .isEqualTo(new TraceRequest(3 * MILLISECOND, 1024, 5));
    assertThat(parser.fields()).containsExactly("timestamp", "input_length", "output_length");
  }

  @Test
  void blocksHaveTheSizeOfTheirFormat() {
    assertThat(parse(TraceFormat.MOONCAKE, MOONCAKE))
        .isEqualTo(request(3 * MILLISECOND, 1024, 5, blocks(512, 46, 47)));
    assertThat(parse(TraceFormat.GUIDELLM, MOONCAKE))
        .isEqualTo(request(3 * SECOND, 1024, 5, blocks(512, 46, 47)));
    assertThat(
            parse(
                TraceFormat.BAILIAN,
                "{\"chat_id\": 159, \"parent_chat_id\": 55, \"timestamp\": 61.114,"
                    + " \"input_length\": 521, \"output_length\": 132, \"hash_ids\": [1089, -3]}"))
        .isEqualTo(request(61_114 * MILLISECOND, 521, 132, blocks(16, 1089, -3)));
    assertThat(
            parse(
                TraceFormat.WEKA,
                "{\"id\": \"c1\", \"t\": 0.5, \"in\": 101, \"out\": 20, \"hash_ids\": [1]}"))
        .isEqualTo(
            new TraceRequest(
                SECOND / 2,
                101,
                20,
                new RequestHistory(
                    new PrefixBlocks(new long[] {1}, 64, true), "c1", RequestHistory.NO_DELAY)));
  }

  @Test
  void whatIsNotToldIsNone() {
    for (String ids : List.of("[]", "null")) {
      assertThat(parse(TraceFormat.MOONCAKE, MOONCAKE.replace("[46, 47]", ids)))
          .isEqualTo(new TraceRequest(3 * MILLISECOND, 1024, 5));
    }
    assertThat(
            parse(
                TraceFormat.AZURE,
                "TIMESTAMP,ContextTokens,GeneratedTokens",
                "1970-01-01 00:00:01,2,3"))
        .isEqualTo(new TraceRequest(SECOND, 2, 3));
  }

  @Test
  void turnsNameTheirSessionAndDelay() {
    String first = "{\"session_id\": \"a\", \"input_length\": 300, \"output_length\": 40}";
    assertThat(parse(TraceFormat.AIPERF, first))
        .isEqualTo(turn(TraceRequest.NO_ARRIVAL, 300, 40, "a", RequestHistory.NO_DELAY));
    assertThat(
            parse(
                TraceFormat.AIPERF,
                first,
                "{\"session_id\": 7, \"delay\": 1000.5, \"input_length\": 150, \"output_length\": 20}"))
        .isEqualTo(turn(TraceRequest.NO_ARRIVAL, 150, 20, "7", 1_000_500_000L));
  }

  /** The time of a tool is told with the request before it; one that is skipped hands it on. */
  @Test
  void toolsTakeTimeBeforeTheNextRequest() {
    String session =
        """
        {"session_id": "s", "arrival_time_ns": 5, "sub_requests": [
          {"input_toks": 3, "output_toks": 1, "tool_duration_ns": 70},
          {"input_toks": 4, "output_toks": 1},
          {"input_toks": 0, "output_toks": 1, "tool_duration_ns": 8},
          {"input_toks": 5, "output_toks": 2, "tool_duration_ns": 9}]}
        """
            .replace("\n", "");

    assertThat(((TraceSession) parse(TraceFormat.LLMSERVINGSIM, session)).requests())
        .containsExactly(
            turn(5, 3, 1, "", RequestHistory.NO_DELAY),
            turn(5, 4, 1, "", 70),
            new SkippedLine(SkipReason.EMPTY_PROMPT),
            turn(5, 5, 2, "", 8));
  }

  @Test
  void conversationsSayHowLongTheirBlocksAre() {
    String conversation =
        "{\"id\": \"c\", \"block_size\": 128, \"requests\": ["
            + "{\"t\": 1, \"in\": 200, \"out\": 2, \"hash_ids\": [1], \"think_time\": -0.5},"
            + "{\"t\": 4, \"in\": 300, \"out\": 2, \"hash_ids\": [1, 2], \"think_time\": 0.25}]}";

    assertThat(((TraceSession) parse(TraceFormat.WEKA, conversation)).requests())
        .containsExactly(
            new TraceRequest(
                SECOND,
                200,
                2,
                new RequestHistory(
                    new PrefixBlocks(new long[] {1}, 128, true), "", RequestHistory.NO_DELAY)),
            new TraceRequest(
                4 * SECOND,
                300,
                2,
                new RequestHistory(
                    new PrefixBlocks(new long[] {1, 2}, 128, true), "", SECOND / 4)));
  }

  @Test
  void tablesTellTheSame() {
    String header = "session_id,timestamp,delay,input_length,output_length,hash_ids";
    assertThat(parse(TraceFormat.AIPERF, header, "a,3,20,1024,5,\"[46, 47]\""))
        .isEqualTo(
            new TraceRequest(
                3 * MILLISECOND,
                1024,
                5,
                new RequestHistory(blocks(512, 46, 47), "a", 20 * MILLISECOND)));
    assertThat(parse(TraceFormat.AIPERF, header, "a,3,,1024,5,"))
        .isEqualTo(turn(3 * MILLISECOND, 1024, 5, "a", RequestHistory.NO_DELAY));
    assertThat(parse(TraceFormat.AIPERF, header, "a,3,,1024,5,46"))
        .isEqualTo(new BrokenLine("hash_ids must be a list of whole numbers"));
    assertThat(parse(TraceFormat.AIPERF, header, "a,3,-1,1024,5,[]"))
        .isEqualTo(new BrokenLine("delay must be a number of milliseconds, at least 0"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"hash_ids\": 5|hash_ids must be a list of whole numbers",
        "\"hash_ids\": [1.5]|hash_ids must be a list of whole numbers",
        "\"hash_ids\": [[1]]|hash_ids must be a list of whole numbers",
        "\"hash_ids\": [9223372036854775808]|hash_ids must be a list of whole numbers",
        "\"hash_ids\": [\"a\"]|hash_ids must be a list of whole numbers",
        "\"delay\": -1|delay must be a number of milliseconds, at least 0",
        "\"delay\": \"1\"|delay must be a number of milliseconds, at least 0",
        "\"session_id\": [1]|session_id must be a text or a number"
      })
  void otherValuesAreBroken(String field, String expected) {
    String line = "{%s, \"input_length\": 1, \"output_length\": 1}".formatted(field);
    assertThat(
            parse(
                TraceFormat.AIPERF,
                "{\"session_id\": 1, \"input_length\": 1, \"output_length\": 1}",
                line))
        .isEqualTo(new BrokenLine(expected));
  }

  @Test
  void sizesOfBlocksArePositive() {
    assertThat(
            parse(
                TraceFormat.WEKA,
                "{\"block_size\": 0, \"t\": 0, \"in\": 1, \"out\": 1, \"hash_ids\": [1]}"))
        .isEqualTo(new BrokenLine("block_size must be a whole number from 1 to 2147483647"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PrefixBlocks(new long[1], 0, false))
        .withMessage("tokens of a block must be at least 1: 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RequestHistory(PrefixBlocks.NONE, "", -2))
        .withMessage("delay must not be negative: -2 ns");
  }

  @Test
  void historiesStayOnAnotherClock() {
    TraceRequest request = turn(3 * SECOND, 5, 4, "a", 70);
    assertThat(request.since(SECOND)).isEqualTo(turn(2 * SECOND, 5, 4, "a", 70));
    assertThat(request.withoutArrival()).isEqualTo(turn(TraceRequest.NO_ARRIVAL, 5, 4, "a", 70));
  }

  private static TraceLine parse(TraceFormat format, String line) {
    return parse(format, line, line);
  }

  private static TraceLine parse(TraceFormat format, String firstLine, String line) {
    return TraceHead.ofLine(firstLine).parserWithHistory(format).orElseThrow().parse(line);
  }

  private static PrefixBlocks blocks(int tokens, long... ids) {
    return new PrefixBlocks(ids, tokens, false);
  }

  private static TraceRequest request(long nanos, int prompt, int output, PrefixBlocks blocks) {
    return new TraceRequest(
        nanos, prompt, output, new RequestHistory(blocks, "", RequestHistory.NO_DELAY));
  }

  private static TraceRequest turn(
      long nanos, int prompt, int output, String session, long delayNanos) {
    return new TraceRequest(
        nanos, prompt, output, new RequestHistory(PrefixBlocks.NONE, session, delayNanos));
  }
}
