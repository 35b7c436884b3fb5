package io.headroom.jobs.sweep;

import java.io.PrintStream;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Tells how far a sweep is: a bar on a terminal, a line now and then elsewhere. Progress is counted
 * in predicted time, so that the time left is right for short and long shards alike.
 */
final class SweepProgress implements AutoCloseable {
  private static final long LINE_EVERY_NANOS = Duration.ofSeconds(10).toNanos();

  private final PrintStream out;
  private final long totalPredictedNanos;
  private final int totalShards;
  private final ProgressBar bar;
  private final long startNanos = System.nanoTime();
  private long donePredictedNanos;
  private int doneShards;
  private long lastLineNanos = startNanos;

  SweepProgress(PrintStream out, boolean terminal, int totalShards, long totalPredictedNanos) {
    this.out = out;
    this.totalShards = totalShards;
    this.totalPredictedNanos = Math.max(1, totalPredictedNanos);
    this.bar =
        terminal
            ? new ProgressBarBuilder()
                .setTaskName("sweep")
                .setInitialMax(1000)
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new ConsoleProgressBarConsumer(out))
                .hideEta()
                .build()
            : null;
  }

  /** One shard is done. */
  synchronized void done(long predictedNanos) {
    doneShards++;
    donePredictedNanos += predictedNanos;
    if (bar != null) {
      bar.stepTo(Math.min(1000, 1000 * donePredictedNanos / totalPredictedNanos));
      bar.setExtraMessage(message());
      return;
    }
    long now = System.nanoTime();
    if (now - lastLineNanos >= LINE_EVERY_NANOS || doneShards == totalShards) {
      lastLineNanos = now;
      out.println("sweep: " + message());
    }
  }

  private String message() {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    double share = (double) donePredictedNanos / totalPredictedNanos;
    double left = share > 0 ? Math.max(0, seconds / share - seconds) : 0;
    return "%d of %d shards, %.1f shards/s, about %.0f s left"
        .formatted(doneShards, totalShards, doneShards / seconds, left);
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
