package io.headroom.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceHeadTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long MILLISECOND = 1_000_000L;

  /** First lines of each format, as its publisher writes them or as tools rewrite them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "AZURE   # TIMESTAMP,ContextTokens,GeneratedTokens",
        "AZURE   # TIMESTAMP,NumImages,ContextTokens,GeneratedTokens",
        "AZURE   # TIMESTAMP;ContextTokens;GeneratedTokens",
        "AZURE   # TIMESTAMP\tContextTokens\tGeneratedTokens",
        "AZURE   # TIMESTAMP|ContextTokens|GeneratedTokens",
        "AZURE   # ,TIMESTAMP,ContextTokens,GeneratedTokens",
        "AZURE   # \"TIMESTAMP\",\"ContextTokens\",GeneratedTokens",
        "AZURE   # \"a;b;c;d\",TIMESTAMP,ContextTokens,GeneratedTokens",
        "AZURE   # timestamp,contexttokens,generatedtokens",
        "AZURE   # {\"TIMESTAMP\": 1700158546680, \"ContextTokens\": 1, \"GeneratedTokens\": 1}",
        "BURSTGPT# Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type",
        "BURSTGPT# Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type",
        "MOONCAKE# {\"timestamp\": 0, \"input_length\": 1, \"output_length\": 1, \"hash_ids\": [1]}",
        "MOONCAKE# {\"timestamp\": 0, \"input_length\": 1, \"output_length\": 1}",
        "MOONCAKE# timestamp,input_length,output_length",
        "AIPERF  # {\"session_id\": \"a\", \"input_length\": 300, \"output_length\": 40}",
        "AIPERF  # {\"session_id\": \"a\", \"timestamp\": 3, \"input_length\": 300, \"output_length\": 40}",
        "AIPERF  # {\"input_length\": 300, \"output_length\": 40}",
        "BAILIAN # {\"chat_id\": 159, \"timestamp\": 61.114, \"input_length\": 521, \"output_length\": 132, \"hash_ids\": [1]}",
        "LLMSERVINGSIM # {\"input_toks\": 27369, \"output_toks\": 1626, \"arrival_time_ns\": 101537000}",
        "LLMSERVINGSIM # {\"session_id\": \"s0\", \"arrival_time_ns\": 1, \"sub_requests\": []}",
        "LLMSERVINGSIM # {\"request_id\": \"0\", \"input_toks\": 1, \"output_toks\": 1, \"arrival_time\": 1787267980.08}",
        "WEKA    # {\"id\": \"c1\", \"t\": 0.0, \"in\": 100, \"out\": 20, \"hash_ids\": [0]}",
        "WEKA    # {\"id\": \"c1\", \"block_size\": 64, \"requests\": [{\"t\": 0.0}]}",
        "VIDUR   # num_prefill_tokens,num_decode_tokens,num_total_tokens,pd_ratio",
        "VIDUR   # arrived_at,num_prefill_tokens,num_decode_tokens",
        "GUIDELLM# {\"prompt\": \"a\", \"prompt_tokens_count\": 1, \"output_tokens_count\": 5}",
        "GUIDELLM# {\"prompt\": \"a\", \"input_tokens_count\": 1, \"completion_tokens_count\": 5}",
        "SHAREGPT# {\"conversations\": [{\"from\": \"human\"}], \"prompt_tokens\": 1, \"completion_tokens\": 5}",
        "SHAREGPT# {\"id\": 7, \"prompt_len\": 1, \"output_len\": 5}",
        "SHAREGPT# {\"created\": 1700000000, \"usage\": {\"prompt_tokens\": 1, \"completion_tokens\": 5}}"
      })
  void firstLinesTellTheFormat(TraceFormat format, String firstLine) {
    assertThat(TraceHead.ofLine(firstLine).format()).contains(format);
    assertThat(TraceHead.ofLine("\uFEFF" + firstLine).format()).contains(format);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "TIMESTAMP,ContextTokens",
        "TIMESTAMP,ContextTokens,GeneratedTokens,contexttokens",
        "2023-11-16 18:15:46,374,44",
        "\"TIMESTAMP,ContextTokens,GeneratedTokens",
        "[]",
        "[{\"timestamp\": 0, \"input_length\": 10, \"output_length\": 5}]",
        "{",
        "{}",
        "{\"text_input\": \"What?\", \"output_length\": 20}",
        "{\"timestamp\": 0, \"input_length\": 10}",
        "{\"Timestamp\": 0, \"Input_length\": 10, \"output_length\": 5}"
      })
  void otherFirstLinesTellNothing(String firstLine) {
    assertThat(TraceHead.ofLine(firstLine).format()).isEmpty();
  }

  @Test
  void fieldsAreNamedForMessages() {
    assertThat(TraceHead.ofLine("a;\"b, c\"; d").fields()).containsExactly("a", "b, c", "d");
    assertThat(TraceHead.ofLine("a;\"b, c").fields()).containsExactly("a;\"b", "c");
  }

  @Test
  void fieldsOfObjectsHavePaths() {
    assertThat(
            TraceHead.ofLine("{\"a\": {\"b\": 1, \"c\": {\"d\": [{}]}}, \"e\": [{\"f\": 2}], ")
                .fields())
        .containsExactly("a", "a.b", "a.c", "a.c.d", "e");
  }

  @Test
  void aTextIsNoCountOfItsTokens() {
    assertThat(TraceHead.ofLine("{\"text_input\": \"a\", \"output_length\": 1}").textField())
        .contains("text_input");
    assertThat(TraceHead.ofLine("TIMESTAMP,ContextTokens").textField()).isEmpty();
  }

  @Test
  void unitsAreThoseOfTheFormat() {
    assertThat(
            line(
                "{\"chat_id\": 159, \"parent_chat_id\": 55, \"timestamp\": 61.114, \"input_length\": 521, \"output_length\": 132}"))
        .isEqualTo(new TraceRequest(61_114 * MILLISECOND, 521, 132));
    assertThat(
            line("{\"input_toks\": 27369, \"output_toks\": 1626, \"arrival_time_ns\": 101537000}"))
        .isEqualTo(new TraceRequest(101_537_000, 27_369, 1626));
    assertThat(line("{\"id\": \"c1\", \"t\": 0.5, \"in\": 101, \"out\": 20}"))
        .isEqualTo(new TraceRequest(SECOND / 2, 101, 20));
    assertThat(
            line(
                "{\"relative_timestamp\": 2.5, \"prompt_tokens_count\": 7, \"output_tokens_count\": 5}"))
        .isEqualTo(new TraceRequest(5 * SECOND / 2, 7, 5));
    assertThat(table("arrived_at,num_prefill_tokens,num_decode_tokens", "4.314579,396,109"))
        .isEqualTo(new TraceRequest(4_314_579_000L, 396, 109));
    assertThat(
            line(
                "{\"TIMESTAMP\": \"1970-01-01T00:00:02Z\", \"ContextTokens\": 1.0, \"GeneratedTokens\": 3}"))
        .isEqualTo(new TraceRequest(2 * SECOND, 1, 3));
  }

  /** Their fields are those of Mooncake: whoever has one must say so, and is told. */
  @Test
  void guidellmIsReadInSecondsWhenAskedFor() {
    TraceHead head =
        TraceHead.ofLine(
            "{\"timestamp\": 1234500.5, \"input_length\": 256, \"output_length\": 128}");
    String line = "{\"timestamp\": 1234500.5, \"input_length\": 256, \"output_length\": 128}";

    assertThat(head.parser(TraceFormat.GUIDELLM).orElseThrow().parse(line))
        .isEqualTo(new TraceRequest(1_234_500_500 * MILLISECOND, 256, 128));
    assertThat(head.parser(TraceFormat.MOONCAKE).orElseThrow().parse(line))
        .isEqualTo(new TraceRequest(1_234_500_500_000L, 256, 128));
    assertThat(head.remark(TraceFormat.MOONCAKE).orElseThrow()).endsWith("format = guidellm");
    assertThat(head.remark(TraceFormat.GUIDELLM)).isEmpty();
  }

  @Test
  void arrivalsMayBeAbsentWhereTheFormatKnowsRequestsWithout() {
    TraceRequest untimed = new TraceRequest(TraceRequest.NO_ARRIVAL, 300, 40);
    assertThat(line("{\"input_length\": 300, \"output_length\": 40}")).isEqualTo(untimed);
    assertThat(
            line(
                "{\"session_id\": \"a\", \"delay\": 9, \"input_length\": 300, \"output_length\": 40}"))
        .isEqualTo(untimed);
    assertThat(
            line(
                "{\"session_id\": \"a\", \"timestamp\": null, \"input_length\": 300, \"output_length\": 40}"))
        .isEqualTo(untimed);
    assertThat(
            line(
                "{\"session_id\": \"a\", \"timestamp\": 9, \"input_length\": 300, \"output_length\": 40}"))
        .isEqualTo(new TraceRequest(9 * MILLISECOND, 300, 40));
    assertThat(table("num_prefill_tokens,num_decode_tokens,pd_ratio", "300,40,7.5"))
        .isEqualTo(untimed);
    assertThat(line("{\"usage\": {\"completion_tokens\": 40, \"prompt_tokens\": 300}}"))
        .isEqualTo(untimed);
  }

  @Test
  void sessionsHaveTheirRequests() {
    assertThat(
            line(
                "{\"sub_requests\": [{\"input_toks\": 5, \"output_toks\": 1, \"tool_duration_ns\": 9},"
                    + " {\"input_toks\": 0, \"output_toks\": 1}], \"arrival_time_ns\": 70}"))
        .isEqualTo(
            new TraceSession(
                List.of(new TraceRequest(70, 5, 1), new SkippedLine(SkipReason.EMPTY_PROMPT))));
    assertThat(line("{\"sub_requests\": [], \"arrival_time_ns\": 70}"))
        .isEqualTo(new SkippedLine(SkipReason.EMPTY_SESSION));
    assertThat(
            line(
                "{\"id\": \"a\", \"requests\": [{\"t\": 1, \"in\": 5, \"out\": 1}, {\"t\": 2, \"type\":"
                    + " \"subagent\", \"requests\": [{\"t\": 0.5, \"in\": 6, \"out\": 2}]}]}"))
        .isEqualTo(
            new TraceSession(
                List.of(
                    new TraceRequest(SECOND, 5, 1),
                    new TraceSession(List.of(new TraceRequest(5 * SECOND / 2, 6, 2))))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "{\"sub_requests\": [{\"input_toks\": 5, \"output_toks\": 1}]} # arrival_time_ns is missing",
        "{\"sub_requests\": [{\"input_toks\": 5}], \"arrival_time_ns\": 1} # output_toks is missing",
        "{\"sub_requests\": [7], \"arrival_time_ns\": 1} # sub_requests must be a list of objects",
        "{\"sub_requests\": {}, \"arrival_time_ns\": 1} # sub_requests must be a list of objects",
        "{\"sub_requests\": [], \"sub_requests\": [], \"arrival_time_ns\": 1} # sub_requests is given twice",
        "{\"sub_requests\": [], \"arrival_time_ns\": \"1\"} # arrival_time_ns must be a number of nanoseconds, at least 0"
      })
  void sessionsMayBeBroken(String line, String expected) {
    assertThat(line(line)).isEqualTo(new BrokenLine(expected));
  }

  @Test
  void arrivalsThatOverflowAreBroken() {
    assertThat(
            line(
                "{\"requests\": [{\"t\": 9e9, \"requests\": [{\"t\": 9e9, \"in\": 1, \"out\": 1}]}]}"))
        .isEqualTo(new BrokenLine("t must be a number of seconds, at least 0"));
  }

  @Test
  void quotesAreTakenOff() {
    String header = "\"TIMESTAMP\",\"user, \"\"name\"\"\",ContextTokens,GeneratedTokens";
    assertThat(table(header, "\"1970-01-01 00:00:01\",\"a, \"\"b\"\"\",\"374\",44"))
        .isEqualTo(new TraceRequest(SECOND, 374, 44));
    assertThat(table(header, "1970-01-01 00:00:01,b,374,44"))
        .isEqualTo(new TraceRequest(SECOND, 374, 44));
    assertThat(table(header, "\"1970-01-01 00:00:01\",\"a, b,374,44"))
        .isEqualTo(new BrokenLine("a quote must end on its line, before a separator"));
    assertThat(table(header, "\"1970-01-01 00:00:01\"x,b,374,44"))
        .isEqualTo(new BrokenLine("a quote must end on its line, before a separator"));
    assertThat(table(header, "\"1970-01-01 00:00:01\",374,44"))
        .isEqualTo(new BrokenLine("expected 4 columns (%s), found 3".formatted(header)));
  }

  @ParameterizedTest
  @CsvSource({
    "s, 1.5, 1500000000",
    "ms, 1.5, 1500000",
    "us, 1700158546680590, 1700158546680590000",
    "ns, 1700158546680590123, 1700158546680590123",
    "iso, 1970-01-01 00:00:01.5, 1500000000",
    "iso, 1700158546680, 1700158546680000000"
  })
  void columnsMayBeNamed(String unit, String time, long nanos) {
    TraceColumns columns =
        new TraceColumns(
            Optional.of(new ArrivalColumn("ts", ArrivalUnit.named(unit).orElseThrow())),
            "input_tokens",
            "output_tokens");
    TraceHead table = TraceHead.ofLine("output_tokens\tTS\tinput_tokens");
    String quoted = unit.equals("iso") ? "\"%s\"".formatted(time) : time;

    assertThat(table.parser(columns).orElseThrow().parse("3\t%s\t7".formatted(time)))
        .isEqualTo(new TraceRequest(nanos, 7, 3));
    assertThat(
            TraceHead.ofLine("{\"ts\": 0, \"input_tokens\": 0, \"output_tokens\": 0}")
                .parser(columns)
                .orElseThrow()
                .parse("{\"output_tokens\": 3, \"ts\": %s, \"input_tokens\": 7}".formatted(quoted)))
        .isEqualTo(new TraceRequest(nanos, 7, 3));
  }

  @Test
  void columnsMustBeThere() {
    TraceColumns columns =
        new TraceColumns(
            Optional.of(new ArrivalColumn("ts", ArrivalUnit.SECONDS)), "usage.in", "usage.out");
    TraceHead head = TraceHead.ofLine("{\"time\": 1, \"usage\": {\"in\": 3}}");

    assertThat(
            TraceHead.ofLine("a,in,out")
                .parser(new TraceColumns(Optional.empty(), "in", "out"))
                .orElseThrow()
                .parse("x,3,4"))
        .isEqualTo(new TraceRequest(TraceRequest.NO_ARRIVAL, 3, 4));
    assertThat(head.parser(columns)).isEmpty();
    assertThat(head.missing(columns)).containsExactly("ts", "usage.out");
    assertThat(
            TraceHead.ofLine("{\"usage\": {\"in\": 3, \"out\": 4}}")
                .parser(new TraceColumns(Optional.empty(), "usage.in", "usage.out"))
                .orElseThrow()
                .parse("{\"usage\": {\"a\": [], \"in\": 3, \"b\": {}, \"out\": 4}}"))
        .isEqualTo(new TraceRequest(TraceRequest.NO_ARRIVAL, 3, 4));
  }

  /** What a file with types says of a column stands above what the format says. */
  @Test
  void typedColumnsAreReadAsObjects() {
    Map<String, Optional<ArrivalUnit>> columns = new LinkedHashMap<>();
    columns.put("Timestamp", Optional.of(ArrivalUnit.NANOSECONDS));
    columns.put("request Tokens", Optional.empty());
    columns.put("Response tokens", Optional.empty());
    TraceHead head = TraceHead.ofColumns(columns);
    TraceLineParser parser = head.parser(TraceFormat.BURSTGPT).orElseThrow();

    assertThat(head.format()).contains(TraceFormat.BURSTGPT);
    assertThat(head.hasHeaderLine()).isFalse();
    assertThat(parser.fields()).containsExactly("Timestamp", "request Tokens", "Response tokens");
    assertThat(parser.parse("{\"Timestamp\":7,\"request Tokens\":3.0,\"Response tokens\":1}"))
        .isEqualTo(new TraceRequest(7, 3, 1));
  }

  private static TraceLine line(String line) {
    TraceHead head = TraceHead.ofLine(line);
    return head.parser(head.format().orElseThrow()).orElseThrow().parse(line);
  }

  private static TraceLine table(String header, String line) {
    TraceHead head = TraceHead.ofLine(header);
    return head.parser(head.format().orElseThrow()).orElseThrow().parse(line);
  }
}
