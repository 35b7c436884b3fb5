package io.headroom.jobs.sweep.schedule;

import io.headroom.engines.AttentionEngines;
import io.headroom.host.Ticker;
import io.headroom.jobs.cli.BestEffort;
import io.headroom.jobs.spark.MeasuringSpark;
import io.headroom.jobs.sweep.cells.Pack;
import io.headroom.jobs.sweep.cells.Shard;
import io.headroom.jobs.sweep.cost.CostObservations;
import io.headroom.jobs.sweep.executor.MeasurePack;
import io.headroom.jobs.sweep.rows.MeasuredRow;
import io.headroom.jobs.sweep.rows.ShardResult;
import io.headroom.jobs.sweep.schedule.PackRunner.PackResult;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Measures shards: gives out packs so that every slot has one running and one waiting, takes the
 * results as they come, passes them on to be committed, and learns from them what work costs.
 */
public final class MeasuringLoop {
  /** One runs and one waits, so that no slot stands still while the driver is busy. */
  private static final int PACKS_IN_FLIGHT_A_SLOT = 2;

  /** So soon it is noticed that executors came or went. */
  private static final long LONGEST_WAIT_NANOS = 1_000_000_000;

  private final SparkSession spark;
  private final WaveCommitter committer;
  private final SweepProgress progress;
  private final CostObservations costs;
  private final BestEffort effort;
  private final SlotUse use = new SlotUse(Ticker.system());
  private double inFlightNanos;

  /**
   * @param committer takes what was measured; finished by {@link #run}, closed by whoever made it
   * @param costs what is known already, and what is learnt
   * @param effort runs what measuring can do without
   */
  public MeasuringLoop(
      SparkSession spark,
      WaveCommitter committer,
      SweepProgress progress,
      CostObservations costs,
      BestEffort effort) {
    this.spark = spark;
    this.committer = committer;
    this.progress = progress;
    this.costs = costs;
    this.effort = effort;
  }

  /**
   * Returns when everything is measured and committed.
   *
   * @throws SparkException if a task failed for good; what came before is committed
   */
  public SlotUse run(PackQueue queue) throws SparkException, InterruptedException {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    try (PackRunner runner = new PackRunner(context, new MeasurePack(AttentionEngines::create))) {
      while (!queue.isEmpty() || runner.inFlight() > 0) {
        int ready = MeasuringSpark.slots(spark);
        int slots = Math.max(1, ready);
        use.slots(ready);
        launch(queue, runner, slots);
        int wave = committer.nextWave();
        for (PackResult result :
            runner.await(Math.min(LONGEST_WAIT_NANOS, committer.nanosLeft()))) {
          take(result, queue, slots);
        }
        committer.closeIfDue();
        if (committer.nextWave() > wave) {
          learn(queue);
        }
      }
    } finally {
      committer.finish();
      use.slots(0);
    }
    return use;
  }

  /** A job starts so many packs at least that jobs are few where slots are many. */
  private void launch(PackQueue queue, PackRunner runner, int slots) {
    int wanted = PACKS_IN_FLIGHT_A_SLOT * slots - runner.inFlight();
    if (queue.isEmpty() || wanted < Math.max(1, slots / 2)) {
      return;
    }
    List<Pack> packs = new ArrayList<>();
    while (packs.size() < wanted && !queue.isEmpty()) {
      Pack pack = queue.next(slots);
      packs.add(pack);
      inFlightNanos += pack.predictedNanos();
    }
    runner.submit(packs);
  }

  private void take(PackResult result, PackQueue queue, int slots) {
    inFlightNanos -= result.pack().predictedNanos();
    List<MeasuredRow> rows = new ArrayList<>();
    double nanos = 0;
    for (int i = 0; i < result.shards().size(); i++) {
      Shard shard = result.pack().shards().get(i);
      ShardResult measured = result.shards().get(i);
      rows.addAll(
          effort.orElse(
              "rows have no predicted_ns",
              measured.rows(),
              () -> costs.predicted(shard, measured.rows())));
      effort.run("costs were not learnt", () -> costs.add(shard, measured));
      use.measured(measured.measuringNanos());
      nanos += measured.measuringNanos();
      effort.run(
          "progress is not told",
          () -> progress.done(shard, (queue.leftNanos() + inFlightNanos) / slots));
    }
    committer.add(rows, nanos, slots);
  }

  private void learn(PackQueue queue) {
    effort.run("what is left was not predicted anew", () -> queue.predict(costs.fit()::predicted));
  }
}
