package io.headroom.jobs.sweep;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Reports the shards of the running wave as their tasks end. */
final class ShardListener extends SparkListener {
  private final SweepProgress progress;
  private List<Shard> wave = List.of();
  private Set<Integer> reported = new HashSet<>();

  ShardListener(SweepProgress progress) {
    this.progress = progress;
  }

  /** The tasks that end from now on are those of this wave. */
  synchronized void begin(List<Shard> shards) {
    wave = shards;
    reported = new HashSet<>();
  }

  /** No task that ends from now on is a shard; those not heard of yet are done too. */
  synchronized void end() {
    for (int index = 0; index < wave.size(); index++) {
      report(index);
    }
    wave = List.of();
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd task) {
    if (task.reason() == Success$.MODULE$) {
      report(task.taskInfo().index());
    }
  }

  private void report(int index) {
    if (index < wave.size() && reported.add(index)) {
      progress.done(wave.get(index));
    }
  }
}
