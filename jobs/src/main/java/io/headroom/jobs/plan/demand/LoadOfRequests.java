package io.headroom.jobs.plan.demand;

import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/**
 * Rows of (arrival in nanoseconds, prompt tokens, output tokens) to loads by minute. A minute may
 * come several times.
 */
final class LoadOfRequests implements PairFlatMapFunction<Iterator<Row>, Integer, MinuteLoad> {
  /** Five weeks, 50 MB a task; only a long trace without any order comes to so many. */
  static final int MOST_MINUTES_HELD = 50_000;

  private static final long serialVersionUID = 1L;
  private static final long NANOS_PER_MICROSECOND = 1_000L;

  private final DemandModel model;
  private final int mostMinutesHeld;

  LoadOfRequests(DemandModel model) {
    this(model, MOST_MINUTES_HELD);
  }

  /**
   * @param mostMinutesHeld after how many minutes they are passed on, before all requests are read
   */
  LoadOfRequests(DemandModel model, int mostMinutesHeld) {
    this.model = model;
    this.mostMinutesHeld = mostMinutesHeld;
  }

  @Override
  public Iterator<Tuple2<Integer, MinuteLoad>> call(Iterator<Row> requests) {
    return new Loads(requests);
  }

  private final class Loads implements Iterator<Tuple2<Integer, MinuteLoad>> {
    private final Iterator<Row> requests;
    private Iterator<Map.Entry<Integer, MinuteLoad>> minutes = Collections.emptyIterator();

    Loads(Iterator<Row> requests) {
      this.requests = requests;
    }

    @Override
    public boolean hasNext() {
      while (!minutes.hasNext() && requests.hasNext()) {
        minutes = read().entrySet().iterator();
      }
      return minutes.hasNext();
    }

    @Override
    public Tuple2<Integer, MinuteLoad> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Map.Entry<Integer, MinuteLoad> minute = minutes.next();
      return new Tuple2<>(minute.getKey(), minute.getValue());
    }

    private Map<Integer, MinuteLoad> read() {
      LoadByMinute load = new LoadByMinute(model);
      while (requests.hasNext() && load.minutes().size() < mostMinutesHeld) {
        Row request = requests.next();
        int outputTokens = request.getInt(2);
        if (outputTokens > 0) {
          load.add(request.getLong(0) / NANOS_PER_MICROSECOND, request.getInt(1), outputTokens);
        }
      }
      return load.minutes();
    }
  }
}
