package io.headroom.peers;

import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Times turns with JMH, in this process: forks would each make gigabytes of data anew. */
final class TurnTimer {
  private TurnTimer() {}

  /**
   * Runs for about {@code millis}, at least once, and adds the durations of the single runs.
   *
   * @param warmUpMillis not counted, at least one run; 0 for none
   */
  static void time(
      PreparedAttention attention, long warmUpMillis, long millis, LatencySamples samples) {
    AttentionTurn.give(attention);
    Options options =
        new OptionsBuilder()
            .include("^" + AttentionTurn.class.getName() + "\\.")
            .forks(0)
            .threads(1)
            .syncIterations(false)
            .warmupIterations(warmUpMillis > 0 ? 1 : 0)
            .warmupTime(TimeValue.milliseconds(Math.max(1, warmUpMillis)))
            .measurementIterations(1)
            .measurementTime(TimeValue.milliseconds(millis))
            .timeUnit(TimeUnit.NANOSECONDS)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    Collection<RunResult> results;
    try {
      results = new Runner(options).run();
    } catch (RunnerException e) {
      throw new IllegalStateException("JMH could not time a turn", e);
    }
    for (RunResult result : results) {
      Iterator<Map.Entry<Double, Long>> raw =
          result.getPrimaryResult().getStatistics().getRawData();
      while (raw.hasNext()) {
        Map.Entry<Double, Long> entry = raw.next();
        samples.add(Math.round(entry.getKey()), entry.getValue());
      }
    }
  }
}
