package io.headroom.jobs.traces;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.when;

import io.headroom.jobs.spark.SparkJobs;
import io.headroom.workload.TraceFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** Brings the first requests of a trace to the driver. */
final class RequestCollector {
  private static final double NANOS_PER_MILLISECOND = 1e6;

  /** When a request is sent at the earliest, since the earliest request. */
  private static final String SENT = "sent_nanos";

  private final Trace trace;
  private final long served;

  RequestCollector(Trace trace) {
    this.trace = trace;
    this.served = trace.served();
  }

  TraceRequests first(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("at least 1 request must be asked for: " + most);
    }
    return SparkJobs.described(
        trace.requests().sparkSession(),
        "collect requests of " + trace.file(),
        () -> collect(most));
  }

  private TraceRequests collect(int most) {
    Dataset<Row> requests = trace.requests().withColumn(SENT, sent());
    boolean timed =
        trace.timed()
            || (trace.extent().waiting() > 0 && requests.filter(col(SENT).isNull()).isEmpty());
    List<Row> rows =
        requests.filter("output_tokens > 0").orderBy(order(timed)).limit(most).collectAsList();
    SessionTurns turns = trace.extent().waiting() > 0 ? SessionTurns.of(rows) : SessionTurns.NONE;
    DensePrefixes prefixes =
        trace.hasHistory() ? DensePrefixes.of(trace.file(), rows) : DensePrefixes.NONE;
    return new TraceRequests(
        trace.file(),
        timed,
        rows.stream().mapToDouble(row -> timed ? millis(row, SENT) : 0).toArray(),
        tokens(rows, row -> row.getInt(2)),
        tokens(rows, row -> row.getInt(3)),
        prefixes.blocks(),
        prefixes.blockTokens(),
        turns.previous(),
        turns.delayMillis(),
        note(timed, rows.size(), turns, prefixes));
  }

  /** A turn that waits comes after those before it in its session, whenever these are sent. */
  private Column sent() {
    Column arrival = col("arrival_nanos");
    if (trace.extent().waiting() == 0) {
      return arrival;
    }
    Column session = col("session");
    Column latestBefore =
        max(arrival)
            .over(
                Window.partitionBy(session, when(session.isNull(), col("line")))
                    .orderBy("line", "position"));
    Column hasOwnTime = col("delay_nanos").isNull().and(arrival.isNotNull());
    return when(hasOwnTime, arrival).otherwise(latestBefore);
  }

  private static Column[] order(boolean timed) {
    Column[] ofFile = {col("line"), col("position")};
    return timed ? new Column[] {col(SENT), ofFile[0], ofFile[1]} : ofFile;
  }

  static double millis(Row row, String column) {
    return row.<Long>getAs(column) / NANOS_PER_MILLISECOND;
  }

  private static int[] tokens(List<Row> rows, ToIntFunction<Row> of) {
    return rows.stream().mapToInt(of).toArray();
  }

  private Optional<String> note(
      boolean timed, int taken, SessionTurns turns, DensePrefixes prefixes) {
    List<String> remarks = new ArrayList<>(trace.notServed());
    if (!timed) {
      remarks.add("not all requests say when they arrived: the order of the file is theirs");
    }
    if (taken < served) {
      remarks.add("the first %d of %d requests are taken".formatted(taken, served));
    }
    long waiting = turns.waiting();
    if (waiting > 0) {
      remarks.add(
          "%d %s for the answer to another"
              .formatted(waiting, waiting == 1 ? "request waits" : "requests wait"));
    }
    if (waiting > 0 && trace.description() == TraceFormat.AIPERF) {
      remarks.add(
          "input_length is taken for the whole prompt, to which aiperf adds the turns before");
    }
    if (prefixes.uncovered() > 0) {
      remarks.add(
          "%d prompts have another number of blocks than their tokens fill"
              .formatted(prefixes.uncovered()));
    }
    return trace.noteWith(remarks);
  }
}
