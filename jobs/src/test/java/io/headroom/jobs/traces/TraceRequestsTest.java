package io.headroom.jobs.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.headroom.UserException;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.testkit.SharedData;
import io.headroom.workload.TraceFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class TraceRequestsTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final String AZURE_HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens";

  @TempDir Path folder;

  @Test
  void areInTheOrderOfTheirArrival() throws IOException {
    Path file =
        write(
            "azure.csv",
            AZURE_HEADER,
            "2024-05-10 00:00:02.5,30,3",
            "2024-05-10 00:00:01,20,0",
            "2024-05-10 00:00:00,10,1",
            "2024-05-10 00:00:02.5,40,4");

    TraceRequests all = TraceRequests.first(lengths(file), 10);
    assertThat(all.timed()).isTrue();
    assertThat(all.arrivalMillis()).containsExactly(0, 2500, 2500);
    assertThat(all.inputTokens()).containsExactly(10, 30, 40);
    assertThat(all.outputTokens()).containsExactly(1, 3, 4);
    assertThat(all.prefixBlocks()).isEmpty();
    assertThat(all.prefixBlockTokens()).isZero();
    assertThat(all.previous()).isEmpty();
    assertThat(all.note())
        .contains(
            file
                + ": requests do not stand in the order of their arrival: they are sorted by it;"
                + " 1 request generated nothing and is left out");

    TraceRequests first = TraceRequests.first(histories(file), 2);
    assertThat(first.inputTokens()).containsExactly(10, 30);
    assertThat(first.note().orElseThrow()).endsWith("; the first 2 of 3 requests are taken");
    assertThatIllegalArgumentException().isThrownBy(() -> TraceRequests.first(lengths(file), 0));
  }

  @Test
  void haveTheWholeBlocksThatTheirPromptsBeginWith() throws IOException {
    Path file =
        write(
            "mooncake.jsonl",
            "{\"timestamp\": 2, \"input_length\": 1500, \"output_length\": 5, \"hash_ids\": [90, 7, 8]}",
            "{\"timestamp\": 1, \"input_length\": 1024, \"output_length\": 5, \"hash_ids\": [90, 7]}",
            "{\"timestamp\": 3, \"input_length\": 1600, \"output_length\": 5, \"hash_ids\": [90, 11]}",
            "{\"timestamp\": 4, \"input_length\": 511, \"output_length\": 5, \"hash_ids\": []}");

    TraceRequests requests = TraceRequests.first(histories(file), 10);

    assertThat(requests.prefixBlockTokens()).isEqualTo(512);
    assertThat(requests.prefixBlocks()).isDeepEqualTo(new int[][] {{0, 1}, {0, 1}, {0, 2}, {}});
    assertThat(requests.note().orElseThrow())
        .endsWith("; 1 prompts have another number of blocks than their tokens fill");
    assertThat(TraceRequests.first(lengths(file), 10).prefixBlocks()).isEmpty();
  }

  @Test
  void turnsWaitForTheAnswerBeforeThem() throws IOException {
    Path file =
        write(
            "sessions.jsonl",
            "{\"session_id\": \"a\", \"timestamp\": 9000, \"input_length\": 300, \"output_length\": 40}",
            "{\"session_id\": \"b\", \"timestamp\": 1000, \"input_length\": 200, \"output_length\": 30}",
            "{\"session_id\": \"a\", \"delay\": 1000, \"input_length\": 150, \"output_length\": 20}",
            "{\"session_id\": \"b\", \"input_length\": 210, \"output_length\": 30}",
            "{\"session_id\": \"b\", \"timestamp\": 8000, \"input_length\": 220, \"output_length\": 30}",
            "{\"timestamp\": 5000, \"input_length\": 5, \"output_length\": 1}");

    TraceRequests requests = TraceRequests.first(histories(file), 10);

    assertThat(requests.timed()).isTrue();
    requests.requireTimed();
    assertThat(requests.inputTokens()).containsExactly(200, 210, 5, 220, 300, 150);
    assertThat(requests.arrivalMillis()).containsExactly(0, 0, 4000, 7000, 8000, 8000);
    assertThat(requests.previous()).containsExactly(-1, 0, -1, -1, -1, 4);
    assertThat(requests.delayMillis()).containsExactly(0, 0, 0, 0, 0, 1000);
    assertThat(requests.note())
        .contains(
            file
                + ": 2 requests wait for the answer to another; input_length is taken for the whole"
                + " prompt, to which aiperf adds the turns before");
  }

  /** A turn that cannot be served is passed over; without any before it a turn waits for none. */
  @Test
  void turnsWaitForWhatIsServed() throws IOException {
    Path file =
        write(
            "sessions.jsonl",
            "{\"session_id\": \"a\", \"timestamp\": 5, \"input_length\": 1, \"output_length\": 0}",
            "{\"session_id\": \"a\", \"delay\": 7, \"input_length\": 2, \"output_length\": 1}",
            "{\"session_id\": \"a\", \"delay\": 8, \"input_length\": 3, \"output_length\": 0}",
            "{\"session_id\": \"a\", \"delay\": 9, \"input_length\": 4, \"output_length\": 1}");

    TraceRequests requests = TraceRequests.first(histories(file), 10);

    assertThat(requests.timed()).isTrue();
    assertThat(requests.inputTokens()).containsExactly(2, 4);
    assertThat(requests.arrivalMillis()).containsExactly(0, 0);
    assertThat(requests.previous()).containsExactly(-1, 0);
    assertThat(requests.delayMillis()).containsExactly(0, 9);
  }

  /** A turn that waits is sent after the latest before it, one that does not at its own time. */
  @Test
  void aTurnComesAfterThoseBeforeIt() throws IOException {
    Path file =
        write(
            "weka.jsonl",
            "{\"id\": \"a\", \"requests\": [{\"t\": 9, \"in\": 1, \"out\": 2},"
                + " {\"t\": 3, \"in\": 2, \"out\": 2, \"think_time\": 0.5},"
                + " {\"t\": 4, \"in\": 5, \"out\": 2}]}",
            "{\"id\": \"b\", \"requests\": [{\"t\": 0, \"in\": 3, \"out\": 2},"
                + " {\"t\": 5, \"in\": 4, \"out\": 2, \"think_time\": -0.5}]}");

    TraceRequests requests = TraceRequests.first(histories(file), 10);

    assertThat(requests.inputTokens()).containsExactly(3, 5, 4, 1, 2);
    assertThat(requests.arrivalMillis()).containsExactly(0, 4000, 5000, 9000, 9000);
    assertThat(requests.previous()).containsExactly(-1, -1, -1, -1, 3);
    assertThat(requests.delayMillis()).containsExactly(0, 0, 0, 0, 500);
  }

  @Test
  void columnsOfParquetTellTheSame() {
    Path file = folder.resolve("trace");
    SPARK
        .session()
        .sql(
            """
            select * from values
              (1, 'c', 2D, 40, 3, array(7L, 8L), cast(null as double)),
              (2, 'c', 1D, 33, 4, array(7L, 9L), 250D)
              as t(line, session_id, timestamp, input_length, output_length, hash_ids, delay)
            """)
        .orderBy("line")
        .coalesce(1)
        .write()
        .parquet(file.toString());
    Path part =
        Arrays.stream(file.toFile().listFiles((parent, name) -> name.endsWith(".parquet")))
            .findFirst()
            .orElseThrow()
            .toPath();

    Trace trace =
        new TraceReader(SPARK.session()).withHistory().read(part.toString(), TraceFormat.AIPERF);
    TraceRequests requests = TraceRequests.first(trace, 10);

    assertThat(requests.prefixBlockTokens()).isEqualTo(512);
    assertThat(requests.prefixBlocks()).as("none is filled").isDeepEqualTo(new int[2][0]);
    assertThat(requests.arrivalMillis()).containsExactly(1, 1);
    assertThat(requests.previous()).containsExactly(-1, 0);
    assertThat(requests.delayMillis()).containsExactly(0, 250);
  }

  @Test
  void sessionsOfALineAreChains() throws IOException {
    Path file =
        write(
            "agents.jsonl",
            "{\"arrival_time_ns\": 5000000, \"sub_requests\": [{\"input_toks\": 3, \"output_toks\": 1,"
                + " \"tool_duration_ns\": 2500000}, {\"input_toks\": 4, \"output_toks\": 2}]}",
            "{\"input_toks\": 9, \"output_toks\": 5, \"arrival_time_ns\": 4000000}",
            "{\"arrival_time_ns\": 5000000, \"sub_requests\": [{\"input_toks\": 6, \"output_toks\": 1},"
                + " {\"input_toks\": 7, \"output_toks\": 2}]}");

    TraceRequests requests = TraceRequests.first(histories(file), 10);

    assertThat(requests.inputTokens()).containsExactly(9, 3, 4, 6, 7);
    assertThat(requests.arrivalMillis()).containsExactly(0, 1, 1, 1, 1);
    assertThat(requests.previous()).containsExactly(-1, -1, 1, -1, 3);
    assertThat(requests.delayMillis()).containsExactly(0, 0, 2.5, 0, 0);
  }

  @Test
  void blocksOfConversationsAreTheirOwn() throws IOException {
    String requests =
        "\"requests\": [{\"t\": 0, \"in\": 130, \"out\": 2, \"hash_ids\": [1, 2]},"
            + " {\"t\": 2, \"in\": 64, \"out\": 2, \"hash_ids\": [1], \"think_time\": 0.5}]}";
    Path file = write("weka.jsonl", "{\"id\": \"a\", " + requests, "{\"id\": \"b\", " + requests);

    TraceRequests read = TraceRequests.first(histories(file), 10);

    assertThat(read.prefixBlockTokens()).isEqualTo(64);
    assertThat(read.prefixBlocks()).isDeepEqualTo(new int[][] {{0, 1}, {2, 3}, {0}, {2}});
    assertThat(read.previous()).containsExactly(-1, -1, 0, 1);
    assertThat(read.delayMillis()).containsExactly(0, 0, 500, 500);

    Path mixed =
        write(
            "mixed.jsonl",
            "{\"id\": \"a\", " + requests,
            "{\"id\": \"b\", \"block_size\": 32, " + requests);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> TraceRequests.first(histories(mixed), 10))
        .withMessage(
            mixed + ": blocks of prefixes must have one size in a trace: 32 and 64 tokens");
  }

  @Test
  void withoutArrivalsTheOrderIsThatOfTheFile() throws IOException {
    Path file = write("vidur.csv", "num_prefill_tokens,num_decode_tokens", "7,3", "9,1", "8,2");

    TraceRequests requests = TraceRequests.first(lengths(file), 10);

    assertThat(requests.timed()).isFalse();
    assertThat(requests.inputTokens()).containsExactly(7, 9, 8);
    assertThat(requests.arrivalMillis()).containsOnly(0);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(requests::requireTimed)
        .withMessage(
            file + ": does not say when its requests arrive; a rate of arrivals must be given");
  }

  @Test
  void somethingMustBeGenerated() throws IOException {
    Path file = write("azure.csv", AZURE_HEADER, "2024-05-10 00:00:02,30,0");

    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> TraceRequests.first(lengths(file), 1))
        .withMessage(file + ": its 1 request generated nothing");
  }

  @Test
  void theMooncakeTraceSharesItsPrefixes() {
    Trace trace = histories(SharedData.require("traces/mooncake_conversation_trace.jsonl"));

    TraceRequests requests = TraceRequests.first(trace, Integer.MAX_VALUE);

    assertThat(requests.count()).isEqualTo(12_031);
    assertThat(requests.note()).isEmpty();
    assertThat(requests.arrivalMillis()).isSorted();
    assertThat(requests.prefixBlockTokens()).isEqualTo(512);
    Set<Integer> seen = new HashSet<>();
    IntStream.range(0, requests.count())
        .forEach(
            i -> {
              int[] blocks = requests.prefixBlocks()[i];
              assertThat(blocks).hasSize(requests.inputTokens()[i] / 512);
              Arrays.stream(blocks).forEach(seen::add);
            });
    assertThat(seen).hasSize(seen.stream().mapToInt(Integer::intValue).max().orElseThrow() + 1);
  }

  private static Trace lengths(Path file) {
    return new TraceReader(SPARK.session()).read(file.toString());
  }

  private static Trace histories(Path file) {
    return new TraceReader(SPARK.session()).withHistory().read(file.toString());
  }

  private Path write(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines));
  }
}
