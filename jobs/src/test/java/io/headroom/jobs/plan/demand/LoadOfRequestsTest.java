package io.headroom.jobs.plan.demand;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import scala.Tuple2;

class LoadOfRequestsTest {
  private static final DemandModel MODEL = new DemandModel(500, 700, 10, 100, 1, 1, 0, 0, 1);

  /** Requests of one to eight minutes, in no order. */
  private static final List<Row> REQUESTS =
      LongStream.range(0, 500)
          .mapToObj(i -> RowFactory.create(i * 7_919 % 500 * 1_234_567_891L, 40, 1 + (int) i))
          .toList();

  @Test
  void minutesThatArePassedOnEarlyAddUp() {
    Map<Integer, MinuteLoad> atOnce = new TreeMap<>();
    Map<Integer, MinuteLoad> early = new TreeMap<>();

    int minutes = gather(new LoadOfRequests(MODEL), atOnce);
    int parts = gather(new LoadOfRequests(MODEL, 3), early);

    assertThat(minutes).isEqualTo(atOnce.size());
    assertThat(parts).isGreaterThan(10 * minutes);
    assertThat(early.keySet()).isEqualTo(atOnce.keySet());
    early.forEach(
        (minute, load) ->
            assertThat(load).usingRecursiveComparison().isEqualTo(atOnce.get(minute)));
  }

  /** The number of loads that came. */
  private static int gather(LoadOfRequests loads, Map<Integer, MinuteLoad> minutes) {
    int count = 0;
    Iterator<Tuple2<Integer, MinuteLoad>> parts = loads.call(REQUESTS.iterator());
    while (parts.hasNext()) {
      Tuple2<Integer, MinuteLoad> part = parts.next();
      minutes.merge(part._1(), part._2(), MinuteLoad::plus);
      count++;
    }
    return count;
  }
}
