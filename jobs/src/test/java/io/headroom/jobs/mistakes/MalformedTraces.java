package io.headroom.jobs.mistakes;

import static io.headroom.jobs.mistakes.MalformedInput.bytes;
import static io.headroom.jobs.mistakes.MalformedInput.trace;
import static io.headroom.jobs.mistakes.MalformedKind.TRACE_BEGINNING;
import static io.headroom.jobs.mistakes.MalformedKind.TRACE_LINE;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** Traces that begin like none, and traces of which a line is broken. */
final class MalformedTraces {
  private static final String AZURE = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
  private static final String BURSTGPT =
      "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n";
  private static final String MOONCAKE =
      "{\"timestamp\": 0, \"input_length\": 1, \"output_length\": 1}\n";
  private static final String UNKNOWN = ": unknown trace format, the first line is '";

  private MalformedTraces() {}

  /** What is seen before Spark starts. */
  static Stream<MalformedInput> beginnings() {
    return Stream.of(
        beginning("nothing", "", ": an empty file, no trace"),
        trace(TRACE_BEGINNING, "random bytes", "a.csv", new byte[] {-1, 3, -128, 7}, UNKNOWN),
        trace(
            TRACE_BEGINNING,
            "UTF-16",
            "a.csv",
            AZURE.getBytes(StandardCharsets.UTF_16),
            ": text in UTF-16, as"),
        beginning(
            "an unknown header", "a,b,c\n1,2,3\n", UNKNOWN + "a,b,c'; known are azure (TIMESTAMP"),
        beginning("a missing column", "TIMESTAMP,ContextTokens\n", UNKNOWN + "TIMESTAMP,Con"),
        beginning(
            "a column twice",
            "TIMESTAMP,ContextTokens,GeneratedTokens,contexttokens\n",
            UNKNOWN + "TIMESTAMP,"),
        beginning("an open quote", "\"TIMESTAMP,ContextTokens,GeneratedTokens\n", UNKNOWN),
        beginning("two separators", AZURE.replaceFirst(",", ";"), UNKNOWN + "TIMESTAMP;ContextT"),
        beginning("a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\n", ": a Git L"),
        beginning("a page", "<!doctype html><html>", ": an HTML page, such as a login or an error"),
        beginning("a JSON list", "[{}]\n", UNKNOWN + "[{}]', a JSON list where one object a line"),
        beginning(
            "a prompt", "{\"prompt\": \"a\"}\n", ": unknown trace format, its fields are prom"),
        beginning("an escape sequence", "\u001b[31mred\n", UNKNOWN + "?[31mred'; known are"),
        beginning("text turned around", "\u202ederf\n", UNKNOWN + "\\u202ederf'; known are"),
        new MalformedInput(
            TRACE_BEGINNING,
            "another format than asked for",
            folder -> {
              Files.writeString(folder.resolve("a.csv"), AZURE);
              return MalformedInput.sweepOf(folder, "a.csv\", format = \"burstgpt");
            },
            "FOLDER/a.csv: not a trace of the format burstgpt, the first line is 'TIMESTAMP,"),
        trace(TRACE_BEGINNING, "no gzip", "a.csv.gz", "\u001f\u008b" + AZURE, UNKNOWN),
        trace(TRACE_BEGINNING, "no bzip2", "a.csv.bz2", "BZh91AY&SY" + AZURE, ": cannot be read: "),
        trace(
            TRACE_BEGINNING,
            "no zstd",
            "a.csv.zst",
            new byte[] {0x28, -75, 0x2f, -3, 0, 0, 0, 0, 0, 0},
            ": cannot be read: "),
        trace(
            TRACE_BEGINNING,
            "no Parquet",
            "a.parquet",
            bytes("PAR1" + "\0".repeat(60) + "PAR1"),
            ": no whole Parquet file: "),
        trace(
            TRACE_BEGINNING,
            "a compression that is not read",
            "a.csv.xz",
            new byte[] {-3, '7', 'z', 'X', 'Z', 0, 0},
            ": compressed by xz; unpack it first"),
        trace(
            TRACE_BEGINNING,
            "gzip of nothing",
            "a.csv.gz",
            gzip(new byte[0]),
            ": an empty file, no trace"),
        trace(
            TRACE_BEGINNING,
            "gzip that is cut in its header",
            "a.csv.gz",
            Arrays.copyOf(gzip(bytes(AZURE)), 5),
            ": cannot be read: "),
        trace(
            TRACE_BEGINNING,
            "gzip of a line of 100 MB",
            "a.csv.gz",
            () -> gzipOfOneLine("x", 100),
            UNKNOWN + "x   "),
        new MalformedInput(
            TRACE_BEGINNING,
            "a line of 100 MB",
            folder -> {
              SparseFile.of(folder.resolve("a.csv"), 100_000_000);
              return MalformedInput.sweepOf(folder, "a.csv");
            },
            "FOLDER/a.csv" + UNKNOWN + "????"),
        trace(
            TRACE_BEGINNING,
            "a hidden file",
            "_a.csv",
            AZURE,
            ": Spark reads no file whose name begins with _ or a dot"));
  }

  /** What Spark's pass over the lines finds. */
  static Stream<MalformedInput> lines() {
    return Stream.of(azure(), mooncake(), burstGpt(), compressed(), sizes())
        .flatMap(inputs -> inputs);
  }

  private static Stream<MalformedInput> azure() {
    String time = "2023-11-16 18:15:46";
    String noTime = ", line 2: TIMESTAMP must be a time from 1970 to 2261 such as ";
    String noCount = ", line 2: ContextTokens must be a whole number from 0 to 2147483647: ";
    return Stream.of(
        azure("no time", "soon,1,1", noTime),
        azure("the 30th of February", "2024-02-30 00:00:00,1,1", noTime),
        azure("a leap second", "2016-12-31 23:59:60,1,1", noTime),
        azure("the year 9999", "9999-11-16 18:15:46,1,1", noTime),
        azure("the year 1969", "1969-12-31 23:59:59,1,1", noTime),
        azure("ten digits of a second", time + ".1234567890,1,1", noTime),
        azure("an offset of a day", time + "+24:00,1,1", noTime),
        azure("fewer tokens than none", time + ",-1,1", noCount),
        azure("2^31 tokens", time + ",2147483648,1", noCount),
        azure("half a token", time + ",0.5,1", noCount),
        azure("an infinite number of tokens", time + ",1e999,1", noCount),
        azure("NaN tokens", time + ",NaN,1", noCount),
        azure(
            "tokens that overflow together",
            time + ",2147483647,1",
            ", line 2: ContextTokens and GeneratedTokens must come to 2147483647 at most: "),
        azure(
            "quotes", "\"2023-11-16 18:15:46\",\"one\",\"1\"", ", line 2: ContextTokens must be a"),
        azure("a comma in quotes", "\"2023, 18:15\",1,1", noTime),
        azure("an open quote", "\"2023-11-16 18:15:46,1,1", ", line 2: a quote must end on its l"),
        azure("a column too few", time + ",1", ", line 2: expected 3 columns ("),
        azure("a thousand columns", ",".repeat(999), ", line 2: expected 3 columns ("),
        azure("a NUL", time + ",1\0,1", ", line 2: ContextTokens must be a whole number from 0 to"),
        azure(
            "an escape sequence",
            "\u001b[31m,1,1",
            noTime + "2023-11-16 18:15:46.6805900 or 2024-05-10 00:00:00+00:00: '?[31m,1,1'"),
        azure("prompts of nothing", time + ",0,5", ": no request to use among 1 rows, requests"),
        azure("blank lines", "\n\n", ": no request to use among "),
        trace(TRACE_LINE, "a header alone", "a.csv", AZURE, ": no request after the header"));
  }

  private static Stream<MalformedInput> mooncake() {
    String good = "{\"timestamp\": 0, \"input_length\": 1, \"output_length\": 1";
    String noObject = ", line 2: expected one JSON object such as ";
    return Stream.of(
        mooncake("half an object", good, noObject),
        mooncake("two objects", good + "} " + good + "}", noObject),
        mooncake("a list", "[1, 2, 3]", noObject),
        mooncake("10,000 open lists", good + ", \"hash_ids\": " + "[".repeat(10_000), noObject),
        mooncake("an unclosed text", good + ", \"a\": \"", noObject),
        mooncake("a key twice", good + ", \"input_length\": 2}", ", line 2: input_length is given"),
        mooncake("a missing key", "{\"timestamp\": 0}", ", line 2: input_length is missing: "),
        mooncake(
            "an infinite time", timed("1e999"), ", line 2: timestamp must be a number of milli"),
        mooncake(
            "a time below zero", timed("-1"), ", line 2: timestamp must be a number of millis"),
        mooncake(
            "a time in a text", timed("\"0\""), ", line 2: timestamp must be a number of mill"),
        mooncake("no time", timed("null"), ", line 2: timestamp must be a number of milliseconds"),
        mooncake("a time of many digits", timed("9".repeat(500)), ", line 2: timestamp must be a"),
        mooncake(
            "2^63 tokens",
            "{\"timestamp\": 0, \"input_length\": 9223372036854775808, \"output_length\": 1}",
            ", line 2: input_length must be a whole number from 0 to 2147483647: "));
  }

  private static Stream<MalformedInput> burstGpt() {
    String noTime = ", line 2: Timestamp must be a number of seconds, at least 0: ";
    return Stream.of(
        burstGpt("no time", "x,ChatGPT,472,18,490,API log", noTime),
        burstGpt("NaN", "NaN,ChatGPT,472,18,490,API log", noTime),
        burstGpt("a time below zero", "-5,ChatGPT,472,18,490,API log", noTime),
        burstGpt("a time of a milliard digits", "1e999999999,a,472,18,490,API log", noTime),
        burstGpt(
            "failed requests", "5,ChatGPT,472,0,472,API log", ": no request to use among 1 row"));
  }

  private static Stream<MalformedInput> compressed() {
    byte[] lines = bytes(AZURE + "2023-11-16 18:15:46,1,1\n".repeat(50_000));
    byte[] gzip = gzip(lines);
    byte[] wrongSum = gzip.clone();
    wrongSum[gzip.length - 8] ^= 1;
    return Stream.of(
        trace(
            TRACE_LINE,
            "gzip that is cut",
            "a.csv.gz",
            Arrays.copyOf(gzip, gzip.length / 2),
            ": cannot be read"),
        trace(
            TRACE_LINE,
            "gzip of a second line of 200 MB",
            "a.jsonl.gz",
            () -> gzipOfOneLine(MOONCAKE, 200),
            ": cannot be read to its end: a line of more than 16777216 bytes"),
        trace(TRACE_LINE, "gzip with a wrong sum", "a.csv.gz", wrongSum, ": cannot be read"));
  }

  private static Stream<MalformedInput> sizes() {
    return Stream.of(
        azure(
            "a prompt longer than any sweep takes",
            "2023-11-16 18:15:46,16777217,1",
            ": a request of 16777217 prompt and 16 output tokens; allowed: at most 16777216 of each"),
        new MalformedInput(
            TRACE_LINE,
            "more rows than a sweep may have",
            folder -> {
              Files.writeString(
                  folder.resolve("a.csv"), AZURE + "2023-11-16 18:15:46,1,1\n".repeat(100_001));
              Path conf =
                  Files.writeString(
                      folder.resolve("sweep.conf"),
                      "sweep { models = [gpt2], sequences { trace = a.csv }, threads = [%s] }"
                          .formatted("1,".repeat(100)));
              return List.of("sweep", conf.toString(), "--out", folder.resolve("out").toString());
            },
            "FOLDER/a.csv: sweep: 100 cells on 100001 sequences make 10000100 rows; allowed: at most"));
  }

  private static MalformedInput beginning(String what, String text, String message) {
    return trace(TRACE_BEGINNING, what, "a.csv", text, message);
  }

  private static MalformedInput azure(String what, String line, String message) {
    return trace(TRACE_LINE, "of Azure, " + what, "a.csv", AZURE + line + "\n", message);
  }

  private static MalformedInput mooncake(String what, String line, String message) {
    return trace(TRACE_LINE, "of Mooncake, " + what, "a.jsonl", MOONCAKE + line + "\n", message);
  }

  private static MalformedInput burstGpt(String what, String line, String message) {
    return trace(TRACE_LINE, "of BurstGPT, " + what, "a.csv", BURSTGPT + line + "\n", message);
  }

  private static String timed(String time) {
    return "{\"timestamp\": %s, \"input_length\": 1, \"output_length\": 1}".formatted(time);
  }

  /** A line that takes little room as long as it is compressed. */
  private static byte[] gzipOfOneLine(String first, int mebibytes) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(compressed, 1 << 16)) {
      out.write(bytes(first));
      byte[] blanks = new byte[1 << 20];
      Arrays.fill(blanks, (byte) ' ');
      for (int i = 0; i < mebibytes; i++) {
        out.write(blanks);
      }
    }
    return compressed.toByteArray();
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(compressed)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return compressed.toByteArray();
  }
}
