package io.headroom.jobs.traces;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/**
 * Which requests wait for the answer to the one before in their session: those that tell a delay,
 * and those that tell no time of their own.
 *
 * @param previous by request: the one that it waits for, or {@link TraceRequests#NONE}
 * @param delayMillis by request: how long after that answer it is sent
 */
record SessionTurns(int[] previous, double[] delayMillis) {
  static final SessionTurns NONE = new SessionTurns(new int[0], new double[0]);

  /**
   * @param rows of {@link Trace#HISTORY_SCHEMA}; turns of a session in their order
   */
  static SessionTurns of(List<Row> rows) {
    int[] previous = new int[rows.size()];
    double[] delayMillis = new double[rows.size()];
    Map<String, Integer> last = new HashMap<>();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      previous[i] = TraceRequests.NONE;
      String session = row.getAs("session");
      if (session == null) {
        continue;
      }
      Integer before = last.put(session, i);
      boolean tellsDelay = row.getAs("delay_nanos") != null;
      boolean waits = tellsDelay || row.getAs("arrival_nanos") == null;
      if (before != null && waits) {
        previous[i] = before;
        delayMillis[i] = tellsDelay ? RequestCollector.millis(row, "delay_nanos") : 0;
      }
    }
    return new SessionTurns(previous, delayMillis);
  }

  long waiting() {
    return Arrays.stream(previous).filter(before -> before != TraceRequests.NONE).count();
  }
}
