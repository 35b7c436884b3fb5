package io.headroom.jobs.sweep.schedule;

import io.headroom.jobs.spark.MeasuringSpark;
import io.headroom.jobs.sweep.cells.Pack;
import io.headroom.jobs.sweep.rows.ShardResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.spark.FutureAction;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Function1;
import scala.collection.Iterator;
import scala.concurrent.ExecutionContext;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction0;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;
import scala.util.Try;

/**
 * Runs packs as Spark tasks and hands back what each measured as it ends. Of a task that runs twice
 * Spark reports the first success only, so that no result comes twice. Closing it ends what runs.
 */
final class PackRunner implements AutoCloseable {
  private static final ExecutionContext SAME_THREAD = ExecutionContext.fromExecutor(Runnable::run);

  private final JavaSparkContext context;
  private final Function1<Iterator<Pack>, List<ShardResult>> task;
  private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
  private final Map<Integer, FutureAction<?>> running = new HashMap<>();
  private int nextJob;
  private int inFlight;
  private Throwable failure;

  /**
   * @param task measures the one pack of a partition; serializable
   */
  PackRunner(JavaSparkContext context, Function1<Iterator<Pack>, List<ShardResult>> task) {
    this.context = context;
    this.task = task;
  }

  /** Something that Spark told of a job. */
  private sealed interface Outcome {
    record Measured(PackResult result) implements Outcome {}

    record Ended(int job) implements Outcome {}

    record Failed(Throwable cause) implements Outcome {}
  }

  /**
   * @param shards results in the order of the pack's shards
   */
  record PackResult(Pack pack, List<ShardResult> shards) {}

  /** Packs that were submitted and have not come back. */
  int inFlight() {
    return inFlight;
  }

  /** Queues the packs behind those that were submitted before, as one Spark job. */
  void submit(List<Pack> packs) {
    int job = nextJob++;
    List<Object> partitions = IntStream.range(0, packs.size()).<Object>mapToObj(i -> i).toList();
    FutureAction<Integer> action =
        context
            .sc()
            .submitJob(
                MeasuringSpark.exclusive(context.parallelize(packs, packs.size())).rdd(),
                task,
                CollectionConverters.asScala(partitions).toSeq(),
                new TakeResult(packs, outcomes),
                new Nothing(job));
    running.put(job, action);
    inFlight += packs.size();
    action.onComplete(new TakeEnd(job, outcomes), SAME_THREAD);
  }

  /**
   * Waits for packs to end.
   *
   * @return those that ended; empty if none did in time
   * @throws SparkException if a task failed for good, once all that ended before were returned
   */
  List<PackResult> await(long timeoutNanos) throws SparkException, InterruptedException {
    List<PackResult> results = new ArrayList<>();
    Outcome outcome = failure == null ? outcomes.poll(timeoutNanos, TimeUnit.NANOSECONDS) : null;
    while (outcome != null) {
      take(outcome, results);
      outcome = outcomes.poll();
    }
    if (failure != null && results.isEmpty()) {
      throw new SparkException("measuring failed: " + failure.getMessage(), failure);
    }
    return results;
  }

  private void take(Outcome outcome, List<PackResult> results) {
    if (outcome instanceof Outcome.Measured measured) {
      inFlight--;
      results.add(measured.result());
      return;
    }
    if (outcome instanceof Outcome.Ended ended) {
      running.remove(ended.job());
      return;
    }
    failure = ((Outcome.Failed) outcome).cause();
  }

  @Override
  public void close() {
    running.values().forEach(FutureAction::cancel);
  }

  /** Called by Spark's scheduler, which must not wait. */
  private static final class TakeResult
      extends AbstractFunction2<Object, List<ShardResult>, BoxedUnit> {
    private final List<Pack> packs;
    private final BlockingQueue<Outcome> outcomes;

    TakeResult(List<Pack> packs, BlockingQueue<Outcome> outcomes) {
      this.packs = packs;
      this.outcomes = outcomes;
    }

    @Override
    public BoxedUnit apply(Object partition, List<ShardResult> shards) {
      outcomes.add(new Outcome.Measured(new PackResult(packs.get((Integer) partition), shards)));
      return BoxedUnit.UNIT;
    }
  }

  private static final class Nothing extends AbstractFunction0<Integer> {
    private final int job;

    Nothing(int job) {
      this.job = job;
    }

    @Override
    public Integer apply() {
      return job;
    }
  }

  private static final class TakeEnd extends AbstractFunction1<Try<Integer>, BoxedUnit> {
    private final int job;
    private final BlockingQueue<Outcome> outcomes;

    TakeEnd(int job, BlockingQueue<Outcome> outcomes) {
      this.job = job;
      this.outcomes = outcomes;
    }

    @Override
    public BoxedUnit apply(Try<Integer> end) {
      outcomes.add(
          end.isSuccess() ? new Outcome.Ended(job) : new Outcome.Failed(end.failed().get()));
      return BoxedUnit.UNIT;
    }
  }
}
