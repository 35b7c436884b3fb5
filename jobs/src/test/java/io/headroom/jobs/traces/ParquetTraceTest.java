package io.headroom.jobs.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.headroom.UserException;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.testkit.Fuzz;
import io.headroom.workload.ArrivalColumn;
import io.headroom.workload.ArrivalUnit;
import io.headroom.workload.TraceColumns;
import io.headroom.workload.TraceFormat;
import io.headroom.workload.TraceRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Columns of Parquet are read by the same names as those of text. */
class ParquetTraceTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final long SECOND = 1_000_000_000L;
  private static final String BLOCK_BYTES = "spark.sql.files.maxPartitionBytes";

  @TempDir Path folder;

  @AfterEach
  void wholeFilesAgain() {
    SPARK.session().conf().unset(BLOCK_BYTES);
  }

  @Test
  void readsTimesOfEveryUnit() throws IOException {
    for (String unit : List.of("MILLIS", "MICROS", "NANOS")) {
      long perSecond = unit.equals("MILLIS") ? 1000 : unit.equals("MICROS") ? 1_000_000 : SECOND;
      Path file =
          write(
              """
              message trace {
                required int64 TIMESTAMP (TIMESTAMP(%s,false));
                required int64 ContextTokens;
                optional double GeneratedTokens;
              }
              """
                  .formatted(unit),
              group ->
                  group
                      .append("TIMESTAMP", 1700158548 * perSecond)
                      .append("ContextTokens", 3L)
                      .append("GeneratedTokens", 44.0),
              group ->
                  group
                      .append("TIMESTAMP", 1700158546 * perSecond + perSecond / 2)
                      .append("ContextTokens", 4L)
                      .append("GeneratedTokens", 5.0));

      Trace trace = read(file);

      assertThat(trace.description()).isEqualTo(TraceFormat.AZURE);
      assertThat(trace.sample(9, 1).requests())
          .as(unit)
          .containsExactly(new TraceRequest(0, 4, 5), new TraceRequest(3 * SECOND / 2, 3, 44));
    }
  }

  @Test
  void readsWhatSparkAndItsLikesWrite() throws IOException {
    Path file =
        write(
            SPARK
                .session()
                .sql(
                    """
                    select * from values
                      (timestamp '2024-05-10 00:00:01.5+00:00', 'GPT-4', 417, 0),
                      (timestamp '2024-05-10 02:00:00+02:00', 'ChatGPT', 472, 18)
                      as t(Timestamp, Model, `Request tokens`, `Response tokens`)
                    """));

    Trace trace = read(file);

    assertThat(trace.description()).isEqualTo(TraceFormat.BURSTGPT);
    assertThat(trace.note())
        .contains(file + ": 1 of 2 rows are skipped, failed requests (0 response tokens): 1");
    assertThat(trace.requests().select("line", "arrival_nanos", "prompt_tokens").collectAsList())
        .map(Row::mkString)
        .containsExactly("20472");
  }

  @Test
  void readsNumbersListsAndObjects() throws IOException {
    Path numbers =
        write(
            SPARK
                .session()
                .sql(
                    """
                    select 61.25D as timestamp, 7L as chat_id, 521 as input_length,
                      cast(132 as decimal(10, 2)) as output_length, array(1, 2) as hash_ids
                    """));
    assertThat(read(numbers).description()).isEqualTo(TraceFormat.BAILIAN);
    assertThat(read(numbers).sample(1, 1).requests())
        .containsExactly(new TraceRequest(0, 521, 132));

    Path sessions =
        write(
            SPARK
                .session()
                .sql(
                    """
                    select 'c' as id, array(
                      named_struct('t', 1D, 'in', 5, 'out', 2),
                      named_struct('t', 3D, 'in', 7, 'out', 4)) as requests
                    """));
    assertThat(read(sessions).description()).isEqualTo(TraceFormat.WEKA);
    assertThat(read(sessions).sample(9, 1).requests())
        .containsExactly(new TraceRequest(0, 5, 2), new TraceRequest(2 * SECOND, 7, 4));

    Path objects =
        write(
            SPARK
                .session()
                .sql(
                    """
                    select named_struct('prompt_tokens', 5, 'completion_tokens', 6) as usage,
                      9 as `a.b`, 8 as `c ``d`
                    """));
    assertThat(read(objects).description()).isEqualTo(TraceFormat.SHAREGPT);
    assertThat(read(objects).sample(9, 1).requests())
        .containsExactly(new TraceRequest(TraceRequest.NO_ARRIVAL, 5, 6));
    TraceColumns columns =
        new TraceColumns(
            Optional.of(new ArrivalColumn("usage.prompt_tokens", ArrivalUnit.NANOSECONDS)),
            "a.b",
            "c `d");
    assertThat(
            new TraceReader(SPARK.session())
                .read(objects.toString(), columns)
                .sample(9, 1)
                .requests())
        .containsExactly(new TraceRequest(0, 9, 8));
  }

  /** However many row groups there are, and however they are dealt out. */
  @Test
  void numbersRowsHoweverTheFileIsSplit() throws IOException {
    Dataset<Row> many =
        SPARK
            .session()
            .range(5_000)
            .selectExpr(
                "id as arrived_at",
                "cast(id + 1 as int) as num_prefill_tokens",
                "if(id = 4000, null, 1) as num_decode_tokens");
    Path good = write(many.na().fill(1));
    Path bad = write(many);
    SPARK.session().conf().set(BLOCK_BYTES, 10_000);

    Trace trace = read(good);

    assertThat(trace.requests().rdd().getNumPartitions()).isGreaterThan(2);
    assertThat(
            trace
                .requests()
                .filter("line = prompt_tokens and arrival_nanos = (line - 1) * 1000000000")
                .count())
        .isEqualTo(5_000);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> read(bad))
        .withMessage(
            bad
                + ", row 4001: num_decode_tokens is missing:"
                + " '{\"arrived_at\":4000,\"num_prefill_tokens\":4001}'");
  }

  @Test
  void tellsWhatIsWrong() throws IOException {
    Path text =
        write(
            SPARK
                .session()
                .sql("select '0' as timestamp, '10' as input_length, '5' as output_length"));
    assertFails(
        text,
        ", row 1: timestamp must be a number of milliseconds, at least 0:"
            + " '{\"timestamp\":\"0\",\"input_length\":\"10\",\"output_length\":\"5\"}'");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(
            () -> read(write(SPARK.session().sql("select 1 as a, named_struct('c', 1) as b"))))
        .withMessageContaining(": unknown trace format, its fields are a, b, b.c; known are azure");
    assertFails(
        write(SPARK.session().sql("select 1 as t, 2 as `in`, 3 as out limit 0")),
        ": no request in it");

    byte[] whole = Files.readAllBytes(text);
    Path cut = folder.resolve("cut.parquet");
    Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> read(cut))
        .withMessageStartingWith(cut + ": no whole Parquet file: ");
    byte[] damaged = whole.clone();
    Arrays.fill(damaged, 4, 40, (byte) -1);
    Files.write(cut, damaged);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> read(cut))
        .withMessageStartingWith(cut + ": cannot be read to its end: ");
  }

  @Test
  void whateverTheFooterHoldsItIsReadOrTheUsersMistake() throws IOException {
    byte[] whole =
        Files.readAllBytes(write(SPARK.session().sql("select 1 as t, 2 as `in`, 3 as out")));
    Path file = folder.resolve("fuzzed.parquet");

    long inputs =
        Fuzz.run(
            List.of(whole),
            List.of("PAR1"),
            256L << 20,
            input -> {
              Files.write(file, input);
              TraceBeginning.read(file.toString(), Optional.empty(), new Configuration());
            });

    assertThat(inputs).isPositive();
  }

  private static Trace read(Path file) {
    return new TraceReader(SPARK.session()).read(file.toString());
  }

  private static void assertFails(Path file, String message) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> read(file))
        .withMessage(file + message);
  }

  /** As Spark writes it: small row groups, and a checksum file beside. */
  private Path write(Dataset<Row> rows) throws IOException {
    Path out = Files.createTempDirectory(folder, "out").resolve("rows");
    rows.coalesce(1).write().option("parquet.block.size", "10000").parquet(out.toString());
    try (Stream<Path> files = Files.list(out)) {
      Path part =
          files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
      return Files.move(part, out.resolve("trace [1].parquet"));
    }
  }

  @SafeVarargs
  private Path write(String schema, Consumer<Group>... rows) throws IOException {
    MessageType type = MessageTypeParser.parseMessageType(schema);
    Path file = Files.createTempDirectory(folder, "out").resolve("trace.parquet");
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file)).withType(type).build()) {
      for (int row : IntStream.range(0, rows.length).toArray()) {
        Group group = new SimpleGroupFactory(type).newGroup();
        rows[row].accept(group);
        writer.write(group);
      }
    }
    return file;
  }
}
