package io.headroom.jobs.sweep.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.Pack;
import io.headroom.jobs.sweep.cells.Shard;
import io.headroom.jobs.sweep.cells.Sweeps;
import io.headroom.jobs.sweep.rows.ShardResult;
import io.headroom.jobs.sweep.schedule.PackRunner.PackResult;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.workload.Sequence;
import io.headroom.kvcache.KvPrecision;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

class PackRunnerTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final Cell CELL = Sweeps.cell(Sweeps.qwen(), KvPrecision.F32);
  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int BROKEN = 13;
  private static final int ENDLESS = 14;
  private static final CountDownLatch BEGUN = new CountDownLatch(1);
  private static final CountDownLatch ENDED = new CountDownLatch(1);

  /** Takes a shard's predicted time for its measuring time. */
  private static final class Echo extends AbstractFunction1<Iterator<Pack>, List<ShardResult>>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public List<ShardResult> apply(Iterator<Pack> packs) {
      List<ShardResult> results = new ArrayList<>();
      for (Shard shard : packs.next().shards()) {
        if (shard.predictedNanos() == BROKEN) {
          throw new IllegalStateException("this pack cannot be measured");
        }
        if (shard.predictedNanos() == ENDLESS) {
          waitForever();
        }
        results.add(new ShardResult(List.of(), shard.predictedNanos()));
      }
      assertThat(packs.hasNext()).isFalse();
      return results;
    }

    private static void waitForever() {
      try {
        BEGUN.countDown();
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        ENDED.countDown();
        throw new IllegalStateException("interrupted", e);
      }
    }
  }

  @Test
  void everyPackComesBackOnceWithItsShards() throws Exception {
    try (PackRunner runner = runner()) {
      runner.submit(List.of(pack(1, 2, 3), pack(4)));
      runner.submit(List.of(pack(5, 6)));
      assertThat(runner.inFlight()).isEqualTo(3);

      List<PackResult> results = awaitAll(runner);

      assertThat(results)
          .extracting(PackResult::pack)
          .containsExactlyInAnyOrder(pack(1, 2, 3), pack(4), pack(5, 6));
      assertThat(results)
          .allSatisfy(
              result ->
                  assertThat(result.shards().stream().map(ShardResult::measuringNanos))
                      .containsExactlyElementsOf(
                          result.pack().shards().stream().map(Shard::predictedNanos).toList()));
      assertThat(runner.await(0)).isEmpty();
    }
  }

  @Test
  void whatEndedBeforeAFailureIsHandedBackFirst() throws Exception {
    try (PackRunner runner = runner()) {
      runner.submit(List.of(pack(1)));
      assertThat(runner.await(MINUTE_NANOS)).hasSize(1);
      runner.submit(List.of(pack(BROKEN)));

      assertThatExceptionOfType(SparkException.class)
          .isThrownBy(() -> awaitAll(runner))
          .withMessageStartingWith("measuring failed: ")
          .withMessageContaining("this pack cannot be measured");
    }
  }

  @Test
  void closingEndsWhatRuns() throws Exception {
    try (PackRunner runner = runner()) {
      context().setJobGroup("pack-runner-test", "endless", true);
      runner.submit(List.of(pack(1), pack(ENDLESS)));
      assertThat(runner.await(MINUTE_NANOS)).hasSize(1);
      assertThat(BEGUN.await(1, TimeUnit.MINUTES)).isTrue();
    } finally {
      context().clearJobGroup();
    }

    assertThat(ENDED.await(1, TimeUnit.MINUTES)).isTrue();
  }

  private static List<PackResult> awaitAll(PackRunner runner) throws Exception {
    List<PackResult> results = new ArrayList<>();
    while (runner.inFlight() > 0) {
      results.addAll(runner.await(MINUTE_NANOS));
    }
    return results;
  }

  private static JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(SPARK.session().sparkContext());
  }

  private static PackRunner runner() {
    return new PackRunner(context(), new Echo());
  }

  private static Pack pack(int... nanos) {
    List<Shard> shards = new ArrayList<>();
    for (int each : nanos) {
      shards.add(new Shard(CELL, "cell", List.of(new Sequence(0, 1, 0)), Sweeps.MEASURE, each));
    }
    return new Pack(shards);
  }
}
