package io.headroom.jobs.sweep.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.attention.AttentionInterruptedException;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.CellIds;
import io.headroom.jobs.sweep.cells.MeasureSettings;
import io.headroom.jobs.sweep.cells.Shard;
import io.headroom.jobs.sweep.cells.Sweeps;
import io.headroom.jobs.sweep.executor.FaultyEngine.SerializableRunnable;
import io.headroom.jobs.sweep.rows.SparkRows;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.workload.Sequence;
import io.headroom.kvcache.KvPrecision;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.TaskKilled;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Shards in which something goes wrong. */
@Timeout(120)
class MeasureShardTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final Duration AMPLE = Duration.ofMinutes(10);

  /** The one in the middle has {@link FaultyEngine#FAULTY_TOKENS} tokens. */
  private static final List<Sequence> SEQUENCES =
      List.of(new Sequence(0, 20, 2), new Sequence(1, 11, 2), new Sequence(2, 30, 2));

  static Stream<Arguments> faults() {
    return Stream.of(
        fault(
            () -> {
              throw new IllegalStateException("first line\n  second line");
            },
            "java.lang.IllegalStateException: first line second line"),
        fault(
            () -> {
              throw new UnsatisfiedLinkError("no such library");
            },
            "java.lang.UnsatisfiedLinkError: no such library"),
        fault(MeasureShardTest::recurse, "java.lang.StackOverflowError"),
        fault(
            () -> {
              throw new OutOfMemoryError("Java heap space");
            },
            "java.lang.OutOfMemoryError: Java heap space"),
        fault(
            () -> {
              throw new AssertionError("never");
            },
            "java.lang.AssertionError: never"),
        fault(
            () -> {
              throw new IllegalArgumentException("x".repeat(10_000));
            },
            "java.lang.IllegalArgumentException: "
                + "x".repeat(TaskFailure.LONGEST_REASON - 36 - 3)
                + "..."));
  }

  private static Arguments fault(SerializableRunnable fault, String reason) {
    return Arguments.of(fault, reason);
  }

  @SuppressWarnings("InfiniteRecursion")
  private static void recurse() {
    recurse();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aSequenceThatBreaksIsAFailedRowAndTheOthersAreMeasured(
      SerializableRunnable fault, String reason) {
    List<Row> rows = measure(AMPLE, FaultyEngine.breakingBy(fault));

    assertOneFailed(rows, reason);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void anEngineThatCannotBeMadeFailsItsSequences(SerializableRunnable fault, String reason) {
    List<Row> rows =
        measure(
            AMPLE,
            (name, threads) -> {
              fault.run();
              return new FaultyEngine(fault);
            });

    assertThat(rows)
        .hasSize(3)
        .allSatisfy(
            row -> {
              assertThat(row.<String>getAs("status")).isEqualTo("failed");
              assertThat(row.<String>getAs("reason")).isEqualTo(reason);
            });
    assertThat(rows.stream().map(row -> row.<Integer>getAs("sequence_id")))
        .containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void whatWasMeasuredStandsThoughTheEngineDoesNotClose() {
    List<Row> rows = measure(AMPLE, (name, threads) -> FaultyEngine.unclosable());

    assertThat(rows)
        .hasSize(3)
        .allSatisfy(row -> assertThat(row.<String>getAs("status")).isEqualTo("ok"));
  }

  @Test
  void aSequenceThatTakesTooLongIsEndedAndTheOthersAreMeasured() {
    List<Row> rows = measure(SHORT, FaultyEngine.breakingBy(MeasureShardTest::untilInterrupted));

    assertOneFailed(rows, "not done within 2 s (measure.time-limit-seconds): ended in prefill");
    assertThat(Thread.getAllStackTraces().values())
        .as("nothing of it goes on")
        .noneMatch(
            stack ->
                Stream.of(stack)
                    .anyMatch(frame -> frame.getMethodName().equals("untilInterrupted")));
  }

  private static void untilInterrupted() {
    while (true) {
      AttentionInterruptedException.throwIfInterrupted();
      Thread.onSpinWait();
    }
  }

  /** Set by a task of this JVM. */
  private static volatile CountDownLatch underWay;

  @Test
  void aKilledTaskIsKilledAndWritesNoRow() throws Exception {
    underWay = new CountDownLatch(1);
    JavaSparkContext context = context();
    CompletableFuture<Boolean> killed = new CompletableFuture<>();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onTaskEnd(SparkListenerTaskEnd end) {
            killed.complete(end.reason() instanceof TaskKilled);
          }
        };
    context.sc().addSparkListener(listener);
    try {
      CompletableFuture<List<Row>> rows =
          CompletableFuture.supplyAsync(
              () -> {
                context.setJobGroup("killed", "a job that is cancelled", true);
                return measure(
                    AMPLE,
                    FaultyEngine.breakingBy(
                        () -> {
                          underWay.countDown();
                          untilInterrupted();
                        }));
              });
      assertThat(underWay.await(1, TimeUnit.MINUTES)).isTrue();

      context.cancelJobGroup("killed");

      assertThatThrownBy(() -> rows.get(1, TimeUnit.MINUTES)).hasMessageContaining("cancelled");
      assertThat(killed.get(1, TimeUnit.MINUTES)).isTrue();
    } finally {
      context.sc().removeSparkListener(listener);
    }
  }

  private static List<Row> measure(Duration limit, EngineFactory engines) {
    Cell cell = Sweeps.cell(Sweeps.qwen(), KvPrecision.F32);
    MeasureSettings settings = new MeasureSettings("run", 1, 0, 1, 0, 0, limit.toNanos());
    Shard shard = new Shard(cell, CellIds.current().of(cell), SEQUENCES, settings, 1);
    List<Row> rows =
        context()
            .parallelize(List.of(shard), 1)
            .flatMap(only -> new MeasureShard(engines).rows(only).iterator())
            .map(SparkRows::of)
            .collect();
    return SPARK.session().createDataFrame(rows, MeasurementTable.SCHEMA).collectAsList();
  }

  private static JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(SPARK.session().sparkContext());
  }

  private static void assertOneFailed(List<Row> rows, String reason) {
    assertThat(rows).hasSize(3);
    for (Row row : rows) {
      boolean faulty = row.<Integer>getAs("sequence_id") == 1;
      assertThat(row.<String>getAs("status"))
          .as(row.toString())
          .isEqualTo(faulty ? "failed" : "ok");
      assertThat(row.<String>getAs("reason")).isEqualTo(faulty ? reason : null);
    }
  }
}
