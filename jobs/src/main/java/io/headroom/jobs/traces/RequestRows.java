package io.headroom.jobs.traces;

import io.headroom.workload.BrokenLine;
import io.headroom.workload.PrefixBlocks;
import io.headroom.workload.RequestHistory;
import io.headroom.workload.TraceLine;
import io.headroom.workload.TraceLineParser;
import io.headroom.workload.TraceRequest;
import io.headroom.workload.TraceSession;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Rows of (line, block start) to rows of {@link Trace#SCHEMA}, one a request, or of {@link
 * Trace#HISTORY_SCHEMA}.
 */
final class RequestRows implements FlatMapFunction<Iterator<Row>, Row> {
  private static final long serialVersionUID = 1L;

  private final TraceLineParser parser;
  private final boolean hasHeader;
  private final Map<Long, Long> firstLines;
  private final boolean timed;
  private final long originNanos;
  private final boolean withHistory;

  /**
   * @param firstLines number of the first line of each block, by the block's start
   * @param timed whether every request of the trace says when it arrived
   * @param originNanos arrival of the earliest request, if any says when it arrived
   * @param withHistory whether the columns of the history follow; then a request has its arrival
   *     also where others have none
   */
  RequestRows(
      TraceLineParser parser,
      boolean hasHeader,
      Map<Long, Long> firstLines,
      boolean timed,
      long originNanos,
      boolean withHistory) {
    this.parser = parser;
    this.hasHeader = hasHeader;
    this.firstLines = firstLines;
    this.timed = timed;
    this.originNanos = originNanos;
    this.withHistory = withHistory;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> lines) {
    return new Requests(lines);
  }

  private final class Requests implements Iterator<Row> {
    private final Iterator<Row> lines;
    private long blockStart = -1;
    private long lineNumber;

    /** Requests of the line read last that are not given out yet. */
    private final Deque<Row> waiting = new ArrayDeque<>();

    Requests(Iterator<Row> lines) {
      this.lines = lines;
    }

    @Override
    public boolean hasNext() {
      while (waiting.isEmpty() && lines.hasNext()) {
        read(lines.next());
      }
      return !waiting.isEmpty();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return waiting.remove();
    }

    private void read(Row line) {
      if (line.getLong(1) != blockStart) {
        blockStart = line.getLong(1);
        Long first = firstLines.get(blockStart);
        if (first == null) {
          throw changed("a block at byte " + blockStart);
        }
        lineNumber = first - 1;
      }
      lineNumber++;
      if (hasHeader && lineNumber == 1) {
        return;
      }
      add(parser.parse(line.getString(0)), null);
    }

    /**
     * @param session of which it is a part, null if it is a line of its own
     */
    private void add(TraceLine parsed, String session) {
      if (parsed instanceof BrokenLine broken) {
        throw changed("line " + lineNumber + ", " + broken.expected());
      }
      if (parsed instanceof TraceSession within) {
        String name = session == null ? "line " + lineNumber : session + ", " + waiting.size();
        within.requests().forEach(request -> add(request, name));
      } else if (parsed instanceof TraceRequest request) {
        waiting.add(withHistory ? rowWithHistory(request, session) : row(request));
      }
    }

    private Row row(TraceRequest request) {
      Long nanos = timed ? request.since(originNanos).arrivalNanos() : null;
      return RowFactory.create(
          lineNumber, nanos, request.promptTokens(), request.outputTokens(), waiting.size());
    }

    private Row rowWithHistory(TraceRequest request, String within) {
      RequestHistory history = request.history();
      String named = history.session().isEmpty() ? null : "session " + history.session();
      String session = within == null ? named : within;
      PrefixBlocks prefix = history.prefix();
      String scope = session == null ? "line " + lineNumber : session;
      return RowFactory.create(
          lineNumber,
          request.hasArrival() ? request.since(originNanos).arrivalNanos() : null,
          request.promptTokens(),
          request.outputTokens(),
          waiting.size(),
          session,
          history.hasDelay() ? history.delayNanos() : null,
          prefix.isEmpty() ? null : prefix.ids(),
          prefix.isEmpty() ? null : prefix.blockTokens(),
          prefix.ofSession() ? scope : null);
    }

    private IllegalStateException changed(String where) {
      return new IllegalStateException("the trace changed after it was checked: " + where);
    }
  }
}
