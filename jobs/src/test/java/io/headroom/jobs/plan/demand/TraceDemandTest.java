package io.headroom.jobs.plan.demand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.headroom.UserException;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.traces.Trace;
import io.headroom.jobs.traces.TraceReader;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class TraceDemandTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final String HEADER = "arrived_at,num_prefill_tokens,num_decode_tokens";
  private static final String BLOCK_BYTES = "spark.sql.files.maxPartitionBytes";

  /** A second to the first token and a second for each other; 10 bytes a token, 100 a sequence. */
  private static final DemandModel SECONDS = model(1_000, 1_000, 1e9, 1e9);

  @TempDir Path folder;

  @AfterEach
  void wholeFilesAgain() {
    SPARK.session().conf().unset(BLOCK_BYTES);
  }

  @Test
  void aPromptIsKeptUntilItsFirstToken() throws IOException {
    List<DemandMinute> minutes = demand(SECONDS, "5,200,1").minutes();

    assertThat(minutes)
        .containsExactly(
            new DemandMinute(0, 1, 200, 1, 1 / 60.0, (10 * 200 + 100) / 60.0, 2100, 1));
  }

  /**
   * The second request is prefilled for 30 seconds from 0:30 on, and decodes 91 tokens until 2:30:
   * a third of those seconds in each minute but the first, and 91 / 90 tokens more a second.
   */
  @Test
  void aRequestFallsIntoAllMinutesInWhichItIsServed() throws IOException {
    DemandModel model = model(30_000, 1_000, 1e9, 1e9);

    List<DemandMinute> minutes = demand(model, "100,1000,1", "130,200,91").minutes();

    assertThat(minutes).hasSize(3);
    double first = (1000 * 30 + 200 * 30) / 60.0;
    double second = (200 * 60 + 91 / 180.0 * 60 * 60) / 60;
    double third = (200 * 30 + 91 / 180.0 * (90 * 90 - 60 * 60)) / 60;
    assertThat(minutes.stream().map(DemandMinute::arrivals)).containsExactly(2L, 0L, 0L);
    assertThat(minutes.stream().map(DemandMinute::promptTokens)).containsExactly(1200L, 0L, 0L);
    assertThat(minutes.stream().map(DemandMinute::outputTokens)).containsExactly(92L, 0L, 0L);
    assertThat(minutes.stream().map(DemandMinute::concurrentRequests))
        .containsExactly(1.0, 1.0, 0.5);
    assertThat(minutes.get(0).concurrentKvBytes()).isEqualTo(10 * first + 100);
    assertThat(minutes.get(1).concurrentKvBytes()).isCloseTo(10 * second + 100, within(1e-4));
    assertThat(minutes.get(2).concurrentKvBytes()).isCloseTo(10 * third + 50, within(1e-4));
    assertThat(minutes.get(0).mostConcurrentKvBytes()).isEqualTo(10 * 1000 + 100);
    double lastSecond = 200 + 91 / 180.0 * (90 * 90 - 89 * 89);
    assertThat(minutes.get(2).mostConcurrentKvBytes())
        .isCloseTo(10 * lastSecond + 100, within(1e-4));
  }

  @Test
  void minutesWithoutAnythingAreThere() throws IOException {
    List<DemandMinute> minutes = demand(SECONDS, "0,5,1", "250,5,2").minutes();

    assertThat(minutes.stream().map(DemandMinute::minute)).containsExactly(0, 1, 2, 3, 4);
    assertThat(minutes.get(2)).isEqualTo(new DemandMinute(2, 0, 0, 0, 0, 0, 0, 0));
  }

  /** Replicas of 2 accelerators that serve a request every 20 seconds, or keep 5,000 bytes. */
  @Test
  void acceleratorsAreThoseOfWhicheverNeedsMore() throws IOException {
    DemandModel model = model(1_000, 0, 5_000, 0.05);

    List<DemandMinute> minutes =
        demand(model, "0,90,1", "1,90,1", "2,90,1", "60,90,1", "60,90,1", "60,1000,1").minutes();

    assertThat(minutes.get(0).acceleratorsNeeded()).as("exactly 3 requests a minute").isEqualTo(2);
    assertThat(minutes.get(1).mostConcurrentKvBytes()).isEqualTo(10 * 1180 + 300);
    assertThat(minutes.get(1).acceleratorsNeeded()).as("12,100 bytes").isEqualTo(6);
  }

  /** On average a request is 150 tokens of work; those of the second minute are 250. */
  @Test
  void requestsCountByTheirWork() throws IOException {
    DemandModel model = new DemandModel(0, 0, 0, 0, 1, 0.05, 1, 10, 2);

    List<DemandMinute> minutes =
        demand(model, "0,40,1", "1,40,1", "2,40,1", "60,200,5", "61,200,5", "62,200,5").minutes();

    assertThat(minutes.get(0).acceleratorsNeeded()).isEqualTo(2);
    assertThat(minutes.get(1).acceleratorsNeeded()).as("5 thirds of 3 requests").isEqualTo(4);
  }

  @Test
  void whatGeneratedNothingIsLeftOut() throws IOException {
    Path file = write("0,5,1", "1,70,0");

    TraceDemand demand = TraceDemand.of(read(file), SECONDS);

    assertThat(demand.minutes().get(0).arrivals()).isOne();
    assertThat(demand.note()).contains(file + ": 1 request generated nothing and is left out");
    assertThat(demand(SECONDS, "0,5,1").note()).isEmpty();
  }

  @Test
  void equalsAPlainCountHoweverTheTraceIsSplit() throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      lines.add(
          "%.6f,%d,%d"
              .formatted(
                  random.nextDouble() * 1_200, 1 + random.nextInt(9_000), 1 + random.nextInt(400)));
    }
    lines.set(17, "0,1,1");
    Path file = write(lines.toArray(String[]::new));
    DemandModel model = new DemandModel(730.25, 31.7, 131_072, 4_096, 8e10, 0.7, 0.02, 1.5, 4);

    TraceDemand whole = TraceDemand.of(read(file), model);
    SPARK.session().conf().set(BLOCK_BYTES, 10_000);
    Trace parts = read(file);
    TraceDemand split = TraceDemand.of(parts, model);

    assertThat(parts.requests().rdd().getNumPartitions()).isGreaterThanOrEqualTo(4);
    assertThat(split).isEqualTo(whole);
    double[][] plain = plain(lines, model, whole.minutes().size());
    for (DemandMinute minute : whole.minutes()) {
      double[] expected = plain[minute.minute()];
      assertThat(minute.concurrentRequests()).isCloseTo(expected[0], within(1e-6));
      assertThat(minute.concurrentKvBytes()).isCloseTo(expected[1], within(1e-6 * expected[1]));
      assertThat(minute.mostConcurrentKvBytes()).isCloseTo(expected[2], within(1e-6 * expected[2]));
    }
    assertThat(whole.minutes().stream().mapToLong(DemandMinute::arrivals).sum()).isEqualTo(3_000);
  }

  /** By minute: requests, bytes, most bytes; second by second and request by request. */
  private static double[][] plain(List<String> lines, DemandModel model, int minutes) {
    double[][] figures = new double[minutes][3];
    for (int second = 0; second < 60 * minutes; second++) {
      double requests = 0;
      double tokens = 0;
      for (String line : lines) {
        String[] fields = line.split(",", -1);
        double arrival = Double.parseDouble(fields[0]);
        int prompt = Integer.parseInt(fields[1]);
        int output = Integer.parseInt(fields[2]);
        double first = arrival + model.ttftMillis() / 1_000;
        double end = first + (output - 1) * model.tpotMillis() / 1_000;
        double from = Math.max(arrival, second);
        double until = Math.min(end, second + 1);
        if (until <= from) {
          continue;
        }
        requests += until - from;
        tokens += prompt * (until - from);
        double grows = Math.max(first, second);
        if (until > grows) {
          double middle = (grows + until) / 2;
          tokens += (until - grows) * output * (middle - first) / (end - first);
        }
      }
      double bytes = model.kvBytesPerToken() * tokens + model.kvBytesPerSequence() * requests;
      figures[second / 60][0] += requests / 60;
      figures[second / 60][1] += bytes / 60;
      figures[second / 60][2] = Math.max(figures[second / 60][2], bytes);
    }
    return figures;
  }

  @Test
  void rowsAreWhatTheSchemaSays() throws IOException {
    TraceDemand demand = demand(SECONDS, "5,200,1");

    List<Row> rows =
        SPARK.session().createDataFrame(demand.rows(), TraceDemand.SCHEMA).collectAsList();

    assertThat(rows)
        .containsExactly(RowFactory.create(0, 1L, 200L, 1L, 1 / 60.0, 2100 / 60.0, 2100.0, 1L));
    assertThat(TraceDemand.SCHEMA.fieldNames())
        .containsExactly(
            "minute",
            "arrivals",
            "prompt_tokens",
            "output_tokens",
            "concurrent_requests",
            "concurrent_kv_bytes",
            "most_concurrent_kv_bytes",
            "accelerators_needed");
  }

  @Test
  void whatCannotBeCountedIsTold() throws IOException {
    assertFails(
        ": spans 367.0 days; a demand by the minute is of 366 at most",
        write("0,5,1", "31708800,5,1"),
        SECONDS);
    assertFails(
        ": a request of 90000 output tokens would be served for 25.0 hours; allowed: 24 at most",
        write("0,5,90000"),
        SECONDS);
    assertFails(": its 1 request generated nothing", write("0,5,0"), SECONDS);
    assertFails(
        ": not all requests say when they arrived, as a demand by the minute needs",
        Files.writeString(
            folder.resolve("untimed.csv"), "num_prefill_tokens,num_decode_tokens\n5,6\n"),
        SECONDS);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model(-1, 0, 1, 1))
        .withMessage("ttftMillis must be a number of at least 0: -1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model(0, 0, 0, 1))
        .withMessage("kvBytesPerReplica must be a number above 0: 0.0");
  }

  @Test
  void aWeekIsMadeOfAnHour() throws IOException {
    Path source = SharedData.require("traces/AzureLLMInferenceTrace_conv.csv");
    Path week = folder.resolve("week.csv");
    WeekOfRequests.write(source, week, 30_000, 42);

    Trace trace = read(week);
    TraceDemand demand = TraceDemand.of(trace, SECONDS);

    assertThat(trace.note()).as("in order").isEmpty();
    assertThat(trace.counts().used()).isEqualTo(30_000);
    assertThat(demand.minutes()).hasSizeBetween(10_070, 10_100);
    assertThat(demand.minutes().stream().mapToLong(DemandMinute::arrivals).sum()).isEqualTo(30_000);
  }

  private void assertFails(String message, Path file, DemandModel model) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> TraceDemand.of(read(file), model))
        .withMessage(file + message);
  }

  private static DemandModel model(
      double ttftMillis, double tpotMillis, double replicaBytes, double replicaRate) {
    return new DemandModel(
        ttftMillis, tpotMillis, 10, 100, replicaBytes, replicaRate, 0, 0, replicaRate < 1 ? 2 : 1);
  }

  private TraceDemand demand(DemandModel model, String... requests) throws IOException {
    return TraceDemand.of(read(write(requests)), model);
  }

  private static Trace read(Path file) {
    return new TraceReader(SPARK.session()).read(file.toString());
  }

  private Path write(String... requests) throws IOException {
    Path file = folder.resolve("requests.csv");
    return Files.writeString(file, HEADER + "\n" + String.join("\n", requests) + "\n");
  }
}
