package io.headroom.jobs.plan.demand;

import io.headroom.UserException;
import io.headroom.jobs.spark.SparkJobs;
import io.headroom.jobs.traces.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What a trace of any length asks of a cluster, minute by minute, whatever the cluster can do:
 * nothing queues. Spark reads the requests once, and the driver keeps the minutes alone.
 *
 * @param minutes without gaps, from the first arrival until the last request is served
 * @param note what was left out or taken for granted, in one line; empty if nothing was
 */
public record TraceDemand(List<DemandMinute> minutes, Optional<String> note) {
  /** Columns of {@link #rows}, of what {@link DemandMinute} holds. */
  public static final StructType SCHEMA =
      new StructType()
          .add("minute", DataTypes.IntegerType, false)
          .add("arrivals", DataTypes.LongType, false)
          .add("prompt_tokens", DataTypes.LongType, false)
          .add("output_tokens", DataTypes.LongType, false)
          .add("concurrent_requests", DataTypes.DoubleType, false)
          .add("concurrent_kv_bytes", DataTypes.DoubleType, false)
          .add("most_concurrent_kv_bytes", DataTypes.DoubleType, false)
          .add("accelerators_needed", DataTypes.LongType, false);

  static final int MOST_DAYS = 366;
  static final int MOST_SERVING_HOURS = 24;

  /** What rounding adds to a number of replicas must not make one more of it. */
  private static final double ROUNDING = 1e-9;

  public TraceDemand {
    minutes = List.copyOf(minutes);
  }

  /**
   * Counts it; an action of Spark.
   *
   * @throws UserException if requests do not say when they arrived, or reach too far
   */
  public static TraceDemand of(Trace trace, DemandModel model) {
    long served = trace.served();
    requirePossible(trace, model);
    List<LoadFigures> loads =
        SparkJobs.described(
            trace.requests().sparkSession(),
            "demand by the minute of " + trace.file(),
            () -> figures(trace, model));
    return new TraceDemand(minutes(loads, served, model), trace.noteWith(trace.notServed()));
  }

  private static void requirePossible(Trace trace, DemandModel model) {
    if (!trace.timed()) {
      throw new UserException(
          trace.file()
              + ": not all requests say when they arrived, as a demand by the minute needs");
    }
    double days = trace.extent().spanNanos() / (double) TimeUnit.DAYS.toNanos(1);
    if (days > MOST_DAYS) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: spans %.1f days; a demand by the minute is of %d at most",
              trace.file(),
              days,
              MOST_DAYS));
    }
    int outputTokens = trace.extent().mostOutputTokens();
    double hours = model.servingMillis(outputTokens) / TimeUnit.HOURS.toMillis(1);
    if (hours > MOST_SERVING_HOURS) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: a request of %d output tokens would be served for %.1f hours; allowed: %d at most",
              trace.file(),
              outputTokens,
              hours,
              MOST_SERVING_HOURS));
    }
  }

  private static List<LoadFigures> figures(Trace trace, DemandModel model) {
    return trace
        .requests()
        .select("arrival_nanos", "prompt_tokens", "output_tokens")
        .toJavaRDD()
        .mapPartitionsToPair(new LoadOfRequests(model))
        .reduceByKey(MinuteLoad::plus)
        .map(minute -> LoadFigures.of(minute._1(), minute._2(), model))
        .collect();
  }

  private static List<DemandMinute> minutes(
      List<LoadFigures> loads, long served, DemandModel model) {
    int last = loads.stream().mapToInt(load -> load.minute).max().orElseThrow();
    LoadFigures[] byMinute = new LoadFigures[last + 1];
    long promptTokens = 0;
    long outputTokens = 0;
    for (LoadFigures load : loads) {
      byMinute[load.minute] = load;
      promptTokens += load.promptTokens;
      outputTokens += load.outputTokens;
    }
    double meanWork = model.work(served, promptTokens, outputTokens) / served;
    List<DemandMinute> minutes = new ArrayList<>(byMinute.length);
    for (int minute = 0; minute < byMinute.length; minute++) {
      LoadFigures load = byMinute[minute] == null ? new LoadFigures() : byMinute[minute];
      minutes.add(
          new DemandMinute(
              minute,
              load.arrivals,
              load.promptTokens,
              load.outputTokens,
              load.concurrentRequests,
              load.concurrentKvBytes,
              load.mostConcurrentKvBytes,
              accelerators(load, meanWork, model)));
    }
    return minutes;
  }

  private static long accelerators(LoadFigures load, double meanWork, DemandModel model) {
    double work = model.work(load.arrivals, load.promptTokens, load.outputTokens);
    double requestsPerSecond = work == 0 ? 0 : work / meanWork / MinuteLoad.SECONDS;
    double forArrivals = requestsPerSecond / model.requestsPerSecondPerReplica();
    double forKvBytes = load.mostConcurrentKvBytes / model.kvBytesPerReplica();
    long replicas = (long) Math.ceil(Math.max(forArrivals, forKvBytes) * (1 - ROUNDING));
    return replicas * model.acceleratorsPerReplica();
  }

  /** Rows of {@link #SCHEMA}. */
  public List<Row> rows() {
    return minutes.stream()
        .map(
            minute ->
                RowFactory.create(
                    minute.minute(),
                    minute.arrivals(),
                    minute.promptTokens(),
                    minute.outputTokens(),
                    minute.concurrentRequests(),
                    minute.concurrentKvBytes(),
                    minute.mostConcurrentKvBytes(),
                    minute.acceleratorsNeeded()))
        .toList();
  }
}
