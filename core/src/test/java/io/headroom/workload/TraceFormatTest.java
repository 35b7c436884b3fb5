package io.headroom.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceFormatTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long MILLISECOND = 1_000_000L;
  private static final String AZURE_HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens";
  private static final String BURSTGPT_HEADER =
      "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type";
  private static final String BURSTGPT_SESSION_HEADER =
      "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type";
  private static final String MOONCAKE_LINE =
      "{\"timestamp\": 0, \"input_length\": 1, \"output_length\": 1, \"hash_ids\": []}";
  private static final String BROKEN_AZURE_TIME =
      "TIMESTAMP must be a time from 1970 to 2261 such as 2023-11-16 18:15:46.6805900 or 2024-05-10 00:00:00+00:00";
  private static final String NOT_AN_OBJECT =
      "expected one JSON object such as {\"timestamp\": 0, \"input_length\": 6758, \"output_length\": 500}";

  @ParameterizedTest
  @EnumSource
  void labelsNameTheFormats(TraceFormat format) {
    assertThat(TraceFormat.named(format.label())).contains(format);
    assertThat(TraceFormat.labels())
        .isEqualTo(
            "azure, mooncake, burstgpt, aiperf, bailian, llmservingsim, weka, vidur, guidellm, sharegpt");
  }

  @Test
  void namesAreExact() {
    assertThat(TraceFormat.named("Azure")).isEmpty();
  }

  /** Seconds since 1970 as GNU date gives them. */
  @ParameterizedTest
  @CsvSource({
    "2023-11-16 18:15:46.6805900, 1700158546, 680590000",
    "2024-05-10 00:00:00.009930+00:00, 1715299200, 9930000",
    "2024-05-10 00:00:00+00:00, 1715299200, 0",
    "2024-05-10T02:00:00.5+02:00, 1715299200, 500000000",
    "2024-02-29 23:59:59.123456789Z, 1709251199, 123456789",
    "1970-01-01 00:00:00, 0, 0",
    "2261-12-31 23:59:59.999999999, 9214646399, 999999999",
    "1700158546680, 1700158546, 680000000",
    "1700158546680.5, 1700158546, 680500000"
  })
  void azureTimesAreExact(String time, long seconds, long nanos) {
    assertThat(azure(time + ",374,44"))
        .isEqualTo(new TraceRequest(seconds * SECOND + nanos, 374, 44));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2023-11-16",
        "2023-11-16 18:15",
        "2023/11/16 18:15:46",
        "2023-11-31 18:15:46",
        "2023-11-16 24:00:00",
        "2023-11-16 18:15:6x",
        "2023-11-16 18:15:46.",
        "2023-11-16 18:15:46.1234567890",
        "2023-11-16 18:15:46 UTC",
        "1969-12-31 23:59:59",
        "1970-01-01 00:00:00+01:00",
        "2262-01-01 00:00:00",
        "1700158546.68",
        "170015854668",
        "17001585466800",
        "1700158546680x",
        "9999999999999"
      })
  void otherTimesAreBroken(String time) {
    assertThat(azure(time + ",374,44")).isEqualTo(new BrokenLine(BROKEN_AZURE_TIME));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1",
        "1.5",
        "x",
        "",
        ".",
        ".0",
        "2147483648",
        "1e3",
        "374.01",
        "3 74",
        "NaN",
        "1\0"
      })
  void tokensAreWholeNumbers(String tokens) {
    assertThat(azure("2023-11-16 18:15:46,%s,44".formatted(tokens)))
        .isEqualTo(new BrokenLine("ContextTokens must be a whole number from 0 to 2147483647"));
    assertThat(azure("2023-11-16 18:15:46,374,%s".formatted(tokens)))
        .isEqualTo(new BrokenLine("GeneratedTokens must be a whole number from 0 to 2147483647"));
  }

  /** As pandas writes whole numbers of a column that has gaps. */
  @ParameterizedTest
  @ValueSource(strings = {"374.0", "374.", "0374.000", " 374 "})
  void countsMayBeWrittenAsFloats(String tokens) {
    assertThat(azure("1970-01-01 00:00:00,%s,%s".formatted(tokens, tokens)))
        .isEqualTo(new TraceRequest(0, 374, 374));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"2023-11-16 18:15:46,374|2", "2023-11-16 18:15:46,374,44,|4", "garbage|1", ",,,,|5"})
  void columnsAreCounted(String line, int found) {
    assertThat(azure(line))
        .isEqualTo(
            new BrokenLine(
                "expected 3 columns (TIMESTAMP,ContextTokens,GeneratedTokens), found " + found));
  }

  @Test
  void tokensMustFitTogether() {
    assertThat(azure("2023-11-16 18:15:46,2147483647,1"))
        .isEqualTo(
            new BrokenLine("ContextTokens and GeneratedTokens must come to 2147483647 at most"));
  }

  @Test
  void columnsAreFoundByName() {
    TraceLineParser parser =
        parser(TraceFormat.AZURE, "TIMESTAMP,NumImages,ContextTokens,GeneratedTokens");
    assertThat(parser.parse("1970-01-01 00:00:01, 3, 700, 20 "))
        .isEqualTo(new TraceRequest(SECOND, 700, 20));
  }

  @Test
  void azureSkipsEmptyPromptsAndKeepsEmptyOutputs() {
    assertThat(azure("1970-01-01 00:00:00,0,44"))
        .isEqualTo(new SkippedLine(SkipReason.EMPTY_PROMPT));
    assertThat(azure("1970-01-01 00:00:00,374,0")).isEqualTo(new TraceRequest(0, 374, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t"})
  void blankLinesAreSkipped(String line) {
    SkippedLine blank = new SkippedLine(SkipReason.BLANK_LINE);
    assertThat(azure(line)).isEqualTo(blank);
    assertThat(burstGpt(line)).isEqualTo(blank);
    assertThat(mooncake(line)).isEqualTo(blank);
  }

  @ParameterizedTest
  @CsvSource({
    "5, 5000000000",
    "19440110.0, 19440110000000000",
    "0.1, 100000000",
    "1e-05, 10000",
    "1e-999999999, 0",
    "0.0000000005, 1",
    "9223372036.854775807, 9223372036854775807"
  })
  void burstGptTimesAreSeconds(String time, long nanos) {
    assertThat(burstGpt(time + ",ChatGPT,472,18,490,Conversation log"))
        .isEqualTo(new TraceRequest(nanos, 472, 18));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-1", "NaN", "Infinity", "1e999999999", "9223372036.854775808", "5s", "0x10"})
  void otherSecondsAreBroken(String time) {
    assertThat(burstGpt(time + ",ChatGPT,472,18,490,Conversation log"))
        .isEqualTo(new BrokenLine("Timestamp must be a number of seconds, at least 0"));
  }

  @Test
  void burstGptMayHaveSessions() {
    TraceLineParser parser = parser(TraceFormat.BURSTGPT, BURSTGPT_SESSION_HEADER);
    assertThat(parser.parse("10.0,5f2c,43,GPT-4,906,446,1352,Conversation log"))
        .isEqualTo(new TraceRequest(10 * SECOND, 906, 446));
    assertThat(parser.parse("11.0,,2,ChatGPT,36,29,65,API log"))
        .isEqualTo(new TraceRequest(11 * SECOND, 36, 29));
  }

  @Test
  void burstGptSkipsFailedRequests() {
    SkippedLine failed = new SkippedLine(SkipReason.FAILED_REQUEST);
    assertThat(burstGpt("5,ChatGPT,472,0,472,API log")).isEqualTo(failed);
    assertThat(burstGpt("5,ChatGPT,0,0,0,API log")).isEqualTo(failed);
    assertThat(burstGpt("5,ChatGPT,0,3,3,API log"))
        .isEqualTo(new SkippedLine(SkipReason.EMPTY_PROMPT));
  }

  @Test
  void mooncakeTimesAreMilliseconds() {
    assertThat(
            mooncake(
                "{\"timestamp\": 27482, \"input_length\": 6955, \"output_length\": 52, \"hash_ids\": [46, 47]}"))
        .isEqualTo(new TraceRequest(27_482 * MILLISECOND, 6955, 52));
    assertThat(
            mooncake(
                "{\"hash_ids\":{\"a\":[1]},\"output_length\":52,\"input_length\":6955,\"timestamp\":0.5}"))
        .isEqualTo(new TraceRequest(MILLISECOND / 2, 6955, 52));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"input_length\": 1, \"output_length\": 1}|timestamp is missing",
        "{\"timestamp\": 0, \"output_length\": 1}|input_length is missing",
        "{\"timestamp\": 0, \"input_length\": 1}|output_length is missing",
        "{\"timestamp\": -1, \"input_length\": 1, \"output_length\": 1}|timestamp must be a number of milliseconds, at least 0",
        "{\"timestamp\": \"0\", \"input_length\": 1, \"output_length\": 1}|timestamp must be a number of milliseconds, at least 0",
        "{\"timestamp\": [0], \"input_length\": 1, \"output_length\": 1}|timestamp must be a number of milliseconds, at least 0",
        "{\"timestamp\": 0, \"input_length\": 1.5, \"output_length\": 1}|input_length must be a whole number from 0 to 2147483647",
        "{\"timestamp\": 0, \"input_length\": null, \"output_length\": 1}|input_length must be a whole number from 0 to 2147483647",
        "{\"timestamp\": 0, \"input_length\": 1, \"output_length\": 2147483648}|output_length must be a whole number from 0 to 2147483647",
        "{\"timestamp\": 0, \"input_length\": 1, \"output_length\": {\"timestamp\": 1}}|output_length must be a whole number from 0 to 2147483647"
      })
  void mooncakeFieldsAreNumbers(String line, String expected) {
    assertThat(mooncake(line)).isEqualTo(new BrokenLine(expected));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0,6758,500",
        "[]",
        "7",
        "{\"timestamp\": 0, \"input_length\": 1, \"output_length\": 1",
        "{\"timestamp\": 0, \"input_length\": 1, \"output_length\": 1} {}",
        "{\"timestamp\": 0, \"input_length\": 1, \"output_length\": 1},",
        "{timestamp: 0}"
      })
  void mooncakeLinesAreObjects(String line) {
    assertThat(mooncake(line)).isEqualTo(new BrokenLine(NOT_AN_OBJECT));
  }

  @Test
  void parsersTravel() throws IOException, ClassNotFoundException {
    TraceLineParser azure = parser(TraceFormat.AZURE, AZURE_HEADER);
    TraceLineParser mooncake = parser(TraceFormat.MOONCAKE, MOONCAKE_LINE);
    String object = "{\"timestamp\": 1, \"input_length\": 2, \"output_length\": 3}";

    assertThat(travelled(azure).parse("1970-01-01 00:00:01,2,3"))
        .isEqualTo(new TraceRequest(SECOND, 2, 3));
    assertThat(travelled(mooncake).parse(object)).isEqualTo(new TraceRequest(MILLISECOND, 2, 3));
  }

  @Test
  void requestsMoveToAnotherClock() {
    TraceRequest request = new TraceRequest(3 * SECOND, 374, 44);
    assertThat(request.since(SECOND)).isEqualTo(new TraceRequest(2 * SECOND, 374, 44));
    assertThat(request.lengths()).isEqualTo(new SequenceLengths(374, 44));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> request.since(4 * SECOND))
        .withMessage("arrival must not be negative: -1000000000 ns");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> request.since(3 * SECOND + 1))
        .withMessage("arrival must not be negative: -1 ns");
    assertThat(request.withoutArrival().hasArrival()).isFalse();
  }

  @Test
  void countsMustAddUp() {
    TraceCounts counts =
        new TraceCounts(10, 7, Map.of(SkipReason.BLANK_LINE, 1L, SkipReason.FAILED_REQUEST, 2L));
    assertThat(counts.skippedText())
        .isEqualTo("failed requests (0 response tokens): 2, blank lines: 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TraceCounts(10, 7, Map.of(SkipReason.BLANK_LINE, 1L)))
        .withMessage("used and skipped rows must come to 10: 8");
  }

  private static TraceLine azure(String line) {
    return parser(TraceFormat.AZURE, AZURE_HEADER).parse(line);
  }

  private static TraceLine burstGpt(String line) {
    return parser(TraceFormat.BURSTGPT, BURSTGPT_HEADER).parse(line);
  }

  private static TraceLine mooncake(String line) {
    return parser(TraceFormat.MOONCAKE, MOONCAKE_LINE).parse(line);
  }

  private static TraceLineParser parser(TraceFormat format, String firstLine) {
    return TraceHead.ofLine(firstLine).parser(format).orElseThrow();
  }

  private static TraceLineParser travelled(TraceLineParser parser)
      throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(parser);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (TraceLineParser) in.readObject();
    }
  }
}
