package io.headroom.jobs.plan.demand;

import java.util.Iterator;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/** Rows of (arrival in nanoseconds, prompt tokens, output tokens) to loads by minute. */
final class LoadOfRequests implements PairFlatMapFunction<Iterator<Row>, Integer, MinuteLoad> {
  private static final long serialVersionUID = 1L;
  private static final long NANOS_PER_MICROSECOND = 1_000L;

  private final DemandModel model;

  LoadOfRequests(DemandModel model) {
    this.model = model;
  }

  @Override
  public Iterator<Tuple2<Integer, MinuteLoad>> call(Iterator<Row> requests) {
    LoadByMinute load = new LoadByMinute(model);
    while (requests.hasNext()) {
      Row request = requests.next();
      int outputTokens = request.getInt(2);
      if (outputTokens > 0) {
        load.add(request.getLong(0) / NANOS_PER_MICROSECOND, request.getInt(1), outputTokens);
      }
    }
    return load.minutes().entrySet().stream()
        .map(entry -> new Tuple2<>(entry.getKey(), entry.getValue()))
        .iterator();
  }
}
