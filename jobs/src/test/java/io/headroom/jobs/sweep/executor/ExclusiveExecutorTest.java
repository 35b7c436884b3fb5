package io.headroom.jobs.sweep.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.headroom.jobs.testkit.LocalSpark;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class ExclusiveExecutorTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  /** How many tasks there are, waiting or at work, and how many work. */
  private static final CountDownLatch TWO_TASKS = new CountDownLatch(2);

  private static final AtomicInteger AT_WORK = new AtomicInteger();

  /** Tells how many tasks were at work when it was. */
  private static final class CountTasksAtWork
      implements FlatMapFunction<Iterator<Integer>, Integer> {
    private static final long serialVersionUID = 1L;

    /** Some ten microseconds, in which another task would be seen. */
    private static final int TURNS = 1_000;

    @Override
    public Iterator<Integer> call(Iterator<Integer> numbers) throws InterruptedException {
      TWO_TASKS.countDown();
      TWO_TASKS.await();
      return ExclusiveExecutor.run(CountTasksAtWork::count).iterator();
    }

    private static List<Integer> count() {
      int atWork = AT_WORK.incrementAndGet();
      for (int turn = 0; turn < TURNS; turn++) {
        Thread.onSpinWait();
      }
      AT_WORK.decrementAndGet();
      return List.of(atWork);
    }
  }

  @Test
  void tasksThatSparkRunsSideBySideMeasureOneAfterTheOther() {
    List<Integer> tasks = IntStream.range(0, 100).boxed().toList();

    List<Integer> atWork =
        JavaSparkContext.fromSparkContext(SPARK.session().sparkContext())
            .parallelize(tasks, tasks.size())
            .mapPartitions(new CountTasksAtWork())
            .collect();

    assertThat(atWork).hasSize(tasks.size()).containsOnly(1);
  }

  @Test
  void theExecutorIsFreeAgainAfterAFailure() throws Exception {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                ExclusiveExecutor.run(
                    () -> {
                      throw new IllegalStateException("broken");
                    }))
        .withMessage("broken");

    AtomicReference<String> result = new AtomicReference<>();
    Thread other =
        new Thread(
            () -> {
              try {
                result.set(ExclusiveExecutor.run(() -> "free"));
              } catch (InterruptedException e) {
                result.set("interrupted");
              }
            });
    other.start();
    other.join();

    assertThat(result).hasValue("free");
  }

  @Test
  void aTaskThatWaitsCanBeKilled() throws Exception {
    AtomicReference<String> result = new AtomicReference<>();
    Thread other =
        new Thread(
            () -> {
              try {
                result.set(ExclusiveExecutor.run(() -> "ran"));
              } catch (InterruptedException e) {
                result.set("interrupted");
              }
            });

    ExclusiveExecutor.run(
        () -> {
          other.start();
          other.interrupt();
          try {
            other.join();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return true;
        });

    assertThat(result).hasValue("interrupted");
  }
}
