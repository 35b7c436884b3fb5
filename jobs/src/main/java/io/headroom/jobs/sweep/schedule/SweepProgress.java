package io.headroom.jobs.sweep.schedule;

import io.headroom.jobs.cli.Units;
import io.headroom.jobs.sweep.cells.Shard;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Tells how far a sweep is: a bar on a terminal, a line now and then elsewhere. The time left is
 * what measuring is predicted to take, so that short and long shards count for what they are.
 */
public final class SweepProgress implements AutoCloseable {
  private static final long LINE_EVERY_NANOS = Duration.ofSeconds(10).toNanos();
  private static final int BAR_STEPS = 1000;

  private final PrintStream out;
  private final ProgressBar bar;
  private final Map<String, Integer> shardsLeftByCell = new HashMap<>();
  private final int cells;
  private final long startNanos = System.nanoTime();
  private long doneRows;
  private long lastLineNanos = startNanos;

  /**
   * @param terminal whether {@code out} is looked at as it comes
   * @param shards all that will be done
   */
  public SweepProgress(PrintStream out, boolean terminal, List<Shard> shards) {
    this.out = out;
    for (Shard shard : shards) {
      shardsLeftByCell.merge(shard.cellId(), 1, Integer::sum);
    }
    this.cells = shardsLeftByCell.size();
    this.bar = terminal ? bar(out) : null;
  }

  private static ProgressBar bar(PrintStream out) {
    return new ProgressBarBuilder()
        .setTaskName("sweep")
        .setInitialMax(BAR_STEPS)
        .setStyle(ProgressBarStyle.ASCII)
        .setConsumer(new ConsoleProgressBarConsumer(out))
        .hideEta()
        .build();
  }

  /**
   * @param leftNanos predicted time until all is done
   */
  void done(Shard shard, double leftNanos) {
    doneRows += shard.sequences().size();
    shardsLeftByCell.computeIfPresent(shard.cellId(), (cell, left) -> left == 1 ? null : left - 1);
    long now = System.nanoTime();
    if (bar != null) {
      double passedNanos = now - startNanos;
      bar.stepTo((long) (BAR_STEPS * passedNanos / (passedNanos + leftNanos)));
      bar.setExtraMessage(message(leftNanos));
      return;
    }
    if (now - lastLineNanos >= LINE_EVERY_NANOS || shardsLeftByCell.isEmpty()) {
      lastLineNanos = now;
      out.println("sweep: " + message(leftNanos));
    }
  }

  private String message(double leftNanos) {
    double passedNanos = System.nanoTime() - startNanos;
    return "%d of %d cells, %s rows a second%s"
        .formatted(
            cells - shardsLeftByCell.size(),
            cells,
            Units.threeDigits(doneRows / (passedNanos / 1e9)),
            shardsLeftByCell.isEmpty() ? "" : ", %s left".formatted(Units.nanos(leftNanos)));
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
