package io.headroom.jobs.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.headroom.UserException;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.workload.ArrivalColumn;
import io.headroom.workload.ArrivalUnit;
import io.headroom.workload.SkipReason;
import io.headroom.workload.TraceColumns;
import io.headroom.workload.TraceFormat;
import io.headroom.workload.TraceRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceReaderTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final long SECOND = 1_000_000_000L;
  private static final long MILLISECOND = 1_000_000L;
  private static final String AZURE_HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens";
  private static final String BURSTGPT_HEADER =
      "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type";
  private static final String BLOCK_BYTES = "spark.sql.files.maxPartitionBytes";

  private static final String OUT_OF_ORDER =
      ": requests do not stand in the order of their arrival: they are sorted by it";

  private static final String KNOWN =
      "; known are azure (TIMESTAMP, ContextTokens, GeneratedTokens), mooncake (timestamp,"
          + " input_length, output_length), burstgpt (Timestamp, Request tokens, Response tokens),"
          + " aiperf (timestamp, input_length, output_length), bailian (timestamp, input_length,"
          + " output_length), llmservingsim (arrival_time_ns, input_toks, output_toks), weka (t, in,"
          + " out), vidur (arrived_at, num_prefill_tokens, num_decode_tokens), guidellm"
          + " (relative_timestamp, prompt_tokens_count, output_tokens_count), sharegpt"
          + " (prompt_tokens, completion_tokens), and with columns { arrival, unit, prompt, output }"
          + " any other";

  @TempDir Path folder;

  @AfterEach
  void wholeFilesAgain() {
    SPARK.session().conf().unset(BLOCK_BYTES);
  }

  @Test
  void readsAzureOfBothYears() throws IOException {
    Path file =
        write(
            "azure.csv",
            AZURE_HEADER
                + "\r\n2024-05-10 00:00:01.009930+00:00,374,44\r\n"
                + "2024-05-10 00:00:00+00:00,396,109\r\n"
                + "2024-05-10 00:00:02.0000001,879,0");

    Trace trace = read(file);

    assertThat(trace.description()).isEqualTo(TraceFormat.AZURE);
    assertThat(trace.counts().rows()).isEqualTo(3);
    assertThat(trace.note()).contains(file + OUT_OF_ORDER);
    assertThat(rows(trace))
        .containsExactly(
            List.of(2L, SECOND + 9_930_000L, 374, 44),
            List.of(3L, 0L, 396, 109),
            List.of(4L, 2 * SECOND + 100, 879, 0));
    assertThat(trace.sample(10, 1).requests())
        .containsExactly(
            new TraceRequest(0, 396, 109),
            new TraceRequest(SECOND + 9_930_000L, 374, 44),
            new TraceRequest(2 * SECOND + 100, 879, 0));
  }

  @Test
  void readsMooncake() throws IOException {
    Path file =
        write(
            "mooncake.jsonl",
            """
            {"timestamp": 1000, "input_length": 6758, "output_length": 500, "hash_ids": [0, 1]}
            {"timestamp": 3052, "input_length": 7322, "output_length": 490, "hash_ids": []}
            """);

    Trace trace = read(file);

    assertThat(trace.description()).isEqualTo(TraceFormat.MOONCAKE);
    assertThat(rows(trace))
        .containsExactly(List.of(1L, 0L, 6758, 500), List.of(2L, 2052 * MILLISECOND, 7322, 490));
  }

  @Test
  void countsWhatItSkips() throws IOException {
    Path file =
        write(
            "burst.csv",
            String.join(
                "\n",
                BURSTGPT_HEADER,
                "1,ChatGPT,472,0,472,Conversation log",
                "5,ChatGPT,472,18,490,Conversation log",
                "",
                "45.5,GPT-4,1087,230,1317,API log",
                "46,GPT-4,0,0,0,API log",
                "47,GPT-4,0,12,12,API log",
                "",
                ""));

    Trace trace = read(file);

    assertThat(trace.description()).isEqualTo(TraceFormat.BURSTGPT);
    assertThat(trace.counts().rows()).isEqualTo(7);
    assertThat(trace.counts().used()).isEqualTo(2);
    assertThat(trace.counts().skipped())
        .isEqualTo(
            Map.of(
                SkipReason.FAILED_REQUEST, 2L,
                SkipReason.EMPTY_PROMPT, 1L,
                SkipReason.BLANK_LINE, 2L));
    assertThat(trace.note())
        .contains(
            file
                + ": 5 of 7 rows are skipped, failed requests (0 response tokens): 2,"
                + " requests with 0 prompt tokens: 1, blank lines: 2");
    assertThat(rows(trace))
        .containsExactly(
            List.of(3L, 0L, 472, 18), List.of(5L, 40 * SECOND + SECOND / 2, 1087, 230));
  }

  /** Lines of 28 bytes in blocks of prime sizes: blocks begin at every byte of a line. */
  @ParameterizedTest
  @ValueSource(ints = {13, 23, 29, 53})
  void numbersLinesHoweverTheFileIsSplit(int bytes) throws IOException {
    String lineEnd = "\r\n";
    String text =
        AZURE_HEADER
            + lineEnd
            + IntStream.range(0, 9)
                .mapToObj(i -> "2024-05-10 00:00:0%d,%d,%d".formatted(i, i + 1, 10 - i))
                .collect(Collectors.joining(lineEnd));
    Path good = write("good.csv", text);
    Path bad = write("bad.csv", text.replace(":04,5,", ":04,x,").replace(":07,8,", ":07,y,"));
    List<List<Object>> expected =
        IntStream.range(0, 9)
            .mapToObj(i -> List.<Object>of(i + 2L, i * SECOND, i + 1, 10 - i))
            .toList();

    splitEvery(bytes);
    Trace trace = read(good);

    assertThat(trace.requests().rdd().getNumPartitions()).isGreaterThan(4);
    assertThat(rows(trace)).isEqualTo(expected);
    assertFails(
        bad,
        ", line 6: ContextTokens must be a whole number from 0 to 2147483647:"
            + " '2024-05-10 00:00:04,x,6'");
  }

  /** The one that comes too early may be in the same block or in another. */
  @ParameterizedTest
  @ValueSource(ints = {29, 1_000_000})
  void tellsThatArrivalsAreOutOfOrder(int bytes) throws IOException {
    Path ordered = write("ordered.csv", azureLines(9));
    Path late = write("late.csv", azureLines(9) + "\n2024-05-10 00:00:07,1,1");
    splitEvery(bytes);

    assertThat(read(ordered).note()).isEmpty();
    assertThat(read(late).note()).contains(late + OUT_OF_ORDER);
  }

  @Test
  void namesTheFirstOfManyBrokenLinesInALargerFile() throws IOException {
    StringBuilder text = new StringBuilder(BURSTGPT_HEADER).append('\n');
    for (int line = 2; line <= 40_000; line++) {
      text.append(line % 10_007 == 0 ? "oops\n" : line + ",ChatGPT,10,5,15,API log\n");
    }
    Path file = write("burst.csv", text.toString());
    splitEvery(100_000);

    assertFails(
        file, ", line 10007: expected 6 columns (%s), found 1: 'oops'".formatted(BURSTGPT_HEADER));
  }

  @Test
  void samplesDependOnTheSeedAndNotOnTheSplits() throws IOException {
    Path file = write("azure.csv", azureLines(5000));
    List<TraceRequest> whole = read(file).sample(200, 42).requests();
    splitEvery(10_000);
    Trace split = read(file);

    assertThat(split.requests().rdd().getNumPartitions()).isGreaterThan(8);
    assertThat(split.sample(200, 42).requests()).isEqualTo(whole);
    assertThat(split.sample(200, 42).note()).isEmpty();
    assertThat(split.sample(200, 43).requests()).isNotEqualTo(whole);
    assertThat(whole)
        .hasSize(200)
        .doesNotHaveDuplicates()
        .isSortedAccordingTo((a, b) -> Long.compare(a.arrivalNanos(), b.arrivalNanos()));
  }

  /** With n of N requests each tenth of the file is due n / 10, give or take sqrt(n / 10). */
  @Test
  void samplesAreSpreadEvenly() throws IOException {
    Path file = write("azure.csv", azureLines(5000));

    int[] tenths = new int[10];
    for (TraceRequest request : read(file).sample(1000, 7).requests()) {
      tenths[(int) (request.arrivalNanos() / SECOND / 500)]++;
    }

    assertThat(Arrays.stream(tenths)).allMatch(count -> count > 60 && count < 140);
  }

  @Test
  void samplesOfEverythingSaySo() throws IOException {
    Path file = write("azure.csv", azureLines(5));
    Trace trace = read(file);

    assertThat(trace.sample(5, 1).requests()).hasSize(5);
    assertThat(trace.sample(5, 1).note()).isEmpty();
    TraceSample all = trace.sample(6, 1);
    assertThat(all.requests()).hasSize(5);
    assertThat(all.note())
        .contains(file + ": a sample of 6 was asked for, the trace has 5 requests: all are used");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trace.sample(0, 1))
        .withMessage("sample must be at least 1: 0");
  }

  @Test
  void readsCompressedFiles() throws IOException {
    Path file = folder.resolve("azure.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(azureLines(100).getBytes(StandardCharsets.UTF_8));
    }

    Trace trace = read(file);

    assertThat(trace.counts().used()).isEqualTo(100);
    assertThat(trace.sample(3, 1).requests())
        .isEqualTo(read(write("azure.csv", azureLines(100))).sample(3, 1).requests());
  }

  /** Whatever the names are: a browser may unpack a file, and a tool may pack it. */
  @ParameterizedTest
  @ValueSource(strings = {"azure.csv", "azure.csv.gz", "azure.csv.zst", "azure"})
  void readsCompressedFilesWhateverTheirNames(String name) throws IOException {
    byte[] text = azureLines(100).getBytes(StandardCharsets.UTF_8);
    Path file = folder.resolve(name);
    List<byte[]> stored =
        List.of(
            text,
            compressed(text, GZIPOutputStream::new),
            compressed(text, BZip2CompressorOutputStream::new),
            compressed(text, ZstdOutputStreamNoFinalizer::new));

    for (byte[] bytes : stored) {
      Files.write(file, bytes);
      assertThat(read(file).counts().used()).isEqualTo(100);
    }
  }

  /** As tools write that compress in parallel or append. */
  @Test
  void readsEveryPartOfACompressedFile() throws IOException {
    byte[] first = azureLines(3).getBytes(StandardCharsets.UTF_8);
    byte[] second = "\n2024-05-11 00:00:00,5,5".getBytes(StandardCharsets.UTF_8);
    Path gzip = folder.resolve("azure.csv.gz");
    Files.write(gzip, compressed(first, GZIPOutputStream::new));
    Files.write(gzip, compressed(second, GZIPOutputStream::new), StandardOpenOption.APPEND);
    Path zstd = folder.resolve("azure.csv.zst");
    Files.write(zstd, compressed(first, ZstdOutputStreamNoFinalizer::new));
    Files.write(
        zstd, compressed(second, ZstdOutputStreamNoFinalizer::new), StandardOpenOption.APPEND);

    assertThat(read(gzip).counts().used()).isEqualTo(4);
    assertThat(read(zstd).counts().used()).isEqualTo(4);
  }

  @Test
  void refusesTruncatedCompressedFiles() throws IOException {
    Path whole = folder.resolve("whole.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(whole))) {
      out.write(azureLines(100_000).getBytes(StandardCharsets.UTF_8));
    }
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = folder.resolve("cut.csv.gz");
    Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));

    assertFails(cut, ": cannot be read to its end: Unexpected end of input stream");
  }

  @Test
  void takesPathsLiterally() throws IOException {
    Files.createDirectory(folder.resolve("a folder"));
    Path file = write("a folder/trace [1]{2}*?, 50%20.csv", azureLines(3));
    write("a folder/trace 1.csv", azureLines(7));

    assertThat(read(file).counts().used()).isEqualTo(3);
    assertThat(reader().read("file:" + file).counts().used()).isEqualTo(3);
  }

  @Test
  void takesAForcedFormat() throws IOException {
    Path file = write("azure.csv", azureLines(3));

    assertThat(reader().read(file.toString(), TraceFormat.AZURE).counts().used()).isEqualTo(3);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> reader().read(file.toString(), TraceFormat.BURSTGPT))
        .withMessage(
            file
                + ": not a trace of the format burstgpt, the first line is"
                + " 'TIMESTAMP,ContextTokens,GeneratedTokens'; expected the fields"
                + " Timestamp, Request tokens, Response tokens, each once");
  }

  @Test
  void refusesWhatIsNoTrace() throws IOException {
    assertFails(folder.resolve("missing.csv"), ": no such file");
    assertFails(folder, ": a directory; a trace is one file");
    assertFails(write("empty.csv", ""), ": an empty file, no trace");
    assertFails(write("header.csv", AZURE_HEADER + "\r\n"), ": no request after the header");
    assertFails(
        write("failed.csv", BURSTGPT_HEADER + "\n5,ChatGPT,472,0,472,API log\n\n"),
        ": no request to use among 2 rows, failed requests (0 response tokens): 1, blank lines: 1");
    assertFails(
        write("_hidden.csv", azureLines(3)),
        ": Spark reads no file whose name begins with _ or a dot");
    assertFails(
        write("other.csv", "a,b\u0007," + "c".repeat(100) + "\n1,2,3\n"),
        ": unknown trace format, the first line is 'a,b?," + "c".repeat(75) + "...'" + KNOWN);
    assertFails(
        write("other.jsonl", "{\"a\": {\"b\\u0007\": 1}, \"timestamp\": 0, \"input_length\": 1}\n"),
        ": unknown trace format, its fields are a, a.b?, timestamp, input_length" + KNOWN);
    assertFails(
        write("text.jsonl", "{\"text_input\": \"Explain.\", \"output_length\": 100}\n"),
        ": unknown trace format, its fields are text_input, output_length, text_input is a text,"
            + " and no field says how many tokens it has"
            + KNOWN);
    assertFails(
        write("list.json", "[{\"timestamp\": 0}]"),
        ": unknown trace format, the first line is '[{\"timestamp\": 0}]', a JSON list where one"
            + " object a line is needed (jq -c '.[]' FILE writes it so)"
            + KNOWN);
    assertFails(
        write("pretty.json", "{\n  \"timestamp\": 0\n}"),
        ": unknown trace format, the first line is '{', a JSON object over many lines where one"
            + " object a line is needed (jq -c . FILE writes it so)"
            + KNOWN);
    assertFails(
        write(
            "broken.jsonl",
            """
            {"timestamp": 0, "input_length": 1, "output_length": 1}
            {"timestamp": 0, "input_length": 1}
            """),
        ", line 2: output_length is missing: '{\"timestamp\": 0, \"input_length\": 1}'");
  }

  @Test
  void refusesWhatIsNoPath() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> reader().read(""))
        .withMessageStartingWith(": not a path: ");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> reader().read("nowhere://host/trace.csv"))
        .withMessage(
            "nowhere://host/trace.csv: cannot be read: No FileSystem for scheme \"nowhere\"");
  }

  @Test
  void refusesFilesOfAnotherKind() throws IOException {
    assertFails(
        write("lfs.csv", "version https://git-lfs.github.com/spec/v1\noid sha256:4b\nsize 5\n"),
        ": a Git LFS pointer, not the file itself (git lfs pull fetches it)");
    assertFails(
        write("page.csv", "<!DOCTYPE html>\n<html></html>"),
        ": an HTML page, such as a login or an error");
    Path wide = folder.resolve("wide.csv");
    Files.write(wide, AZURE_HEADER.getBytes(StandardCharsets.UTF_16));
    assertFails(wide, ": text in UTF-16, as PowerShell's > writes it; UTF-8 is needed");
    Files.write(
        wide, compressed(AZURE_HEADER.getBytes(StandardCharsets.UTF_16), GZIPOutputStream::new));
    assertFails(wide, ": text in UTF-16, as PowerShell's > writes it; UTF-8 is needed");
  }

  @Test
  void namedColumnsAreReadOfAnyTable() throws IOException {
    Path file = write("own.csv", "ts;input;output\n2.5;7;3\n1;9.0;\"4\"\n");
    TraceColumns timed =
        new TraceColumns(
            Optional.of(new ArrivalColumn("ts", ArrivalUnit.SECONDS)), "input", "output");
    TraceColumns untimed = new TraceColumns(Optional.empty(), "input", "output");

    Trace trace = reader().read(file.toString(), timed);
    assertThat(trace.description()).isEqualTo(timed);
    assertThat(trace.note()).contains(file + OUT_OF_ORDER);
    assertThat(trace.sample(9, 1).requests())
        .containsExactly(new TraceRequest(0, 9, 4), new TraceRequest(3 * SECOND / 2, 7, 3));
    assertThat(reader().read(file.toString(), untimed).sample(9, 1).requests())
        .containsExactly(
            new TraceRequest(TraceRequest.NO_ARRIVAL, 7, 3),
            new TraceRequest(TraceRequest.NO_ARRIVAL, 9, 4));
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(
            () ->
                reader().read(file.toString(), new TraceColumns(Optional.empty(), "in", "output")))
        .withMessage(
            file + ": no field in, as columns name it; the first line is 'ts;input;output'");
  }

  @Test
  void withoutAllArrivalsTheOrderOfTheFileIsTaken() throws IOException {
    Path file =
        write(
            "sessions.jsonl",
            """
            {"session_id": "a", "timestamp": 9000, "input_length": 300, "output_length": 40}
            {"session_id": "a", "delay": 1000, "input_length": 150, "output_length": 20}
            {"session_id": "b", "timestamp": 1000, "input_length": 200, "output_length": 30}
            """);

    Trace trace = read(file);

    assertThat(trace.description()).isEqualTo(TraceFormat.AIPERF);
    assertThat(trace.timed()).isFalse();
    assertThat(trace.note())
        .contains(
            file
                + ": 1 of 3 requests do not say when they arrived: all are taken in the order of the"
                + " file");
    assertThat(trace.requests().collectAsList()).allMatch(row -> row.isNullAt(1));
    assertThat(trace.sample(3, 1).requests().stream().map(TraceRequest::promptTokens))
        .containsExactly(300, 150, 200);
  }

  @Test
  void sessionsAreReadRequestByRequest() throws IOException {
    Path file =
        write(
            "agents.jsonl",
            """
            {"session_id": "s", "arrival_time_ns": 5000, "sub_requests": [{"input_toks": 3, "output_toks": 1, "tool_duration_ns": 5}, {"input_toks": 0, "output_toks": 1}, {"input_toks": 4, "output_toks": 2}]}
            {"input_toks": 9, "output_toks": 5, "arrival_time_ns": 4000}
            {"session_id": "t", "arrival_time_ns": 7000, "sub_requests": []}
            """);

    Trace trace = read(file);

    assertThat(trace.counts().rows()).isEqualTo(5);
    assertThat(trace.counts().used()).isEqualTo(3);
    assertThat(trace.note())
        .contains(
            file
                + ": 2 of 5 rows are skipped, requests with 0 prompt tokens: 1, sessions without"
                + " requests: 1; requests do not stand in the order of their arrival: they are sorted"
                + " by it; 1 lines are sessions: a request without a time of its own is taken to"
                + " arrive with its session");
    assertThat(rows(trace))
        .containsExactly(List.of(1L, 1000L, 3, 1), List.of(1L, 1000L, 4, 2), List.of(2L, 0L, 9, 5));
    assertThat(trace.sample(2, 1).requests()).hasSize(2);
    assertThat(trace.sample(9, 1).requests())
        .containsExactly(
            new TraceRequest(0, 9, 5), new TraceRequest(1000, 3, 1), new TraceRequest(1000, 4, 2));
  }

  private static TraceReader reader() {
    return new TraceReader(SPARK.session());
  }

  private static Trace read(Path file) {
    return reader().read(file.toString());
  }

  private static void assertFails(Path file, String message) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> read(file))
        .withMessage(file + message);
  }

  private static void splitEvery(int bytes) {
    SPARK.session().conf().set(BLOCK_BYTES, bytes);
  }

  private static List<List<Object>> rows(Trace trace) {
    return trace.requests().collectAsList().stream().map(TraceReaderTest::values).toList();
  }

  private static List<Object> values(Row row) {
    return List.of(row.getLong(0), row.getLong(1), row.getInt(2), row.getInt(3));
  }

  private static String azureLines(int requests) {
    return AZURE_HEADER
        + IntStream.range(0, requests)
            .mapToObj(
                i ->
                    "\n2024-05-10 %02d:%02d:%02d,%d,%d"
                        .formatted(i / 3600 % 24, i / 60 % 60, i % 60, i + 1, i % 7))
            .collect(Collectors.joining());
  }

  private interface Compressor {
    OutputStream open(OutputStream out) throws IOException;
  }

  private static byte[] compressed(byte[] text, Compressor compressor) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = compressor.open(bytes)) {
      out.write(text);
    }
    return bytes.toByteArray();
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }
}
