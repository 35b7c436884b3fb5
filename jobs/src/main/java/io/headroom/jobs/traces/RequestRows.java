package io.headroom.jobs.traces;

import io.headroom.workload.BrokenLine;
import io.headroom.workload.TraceLine;
import io.headroom.workload.TraceLineParser;
import io.headroom.workload.TraceRequest;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Rows of (line, block start) to rows of {@link Trace#SCHEMA}, one a request. */
final class RequestRows implements FlatMapFunction<Iterator<Row>, Row> {
  private static final long serialVersionUID = 1L;

  private final TraceLineParser parser;
  private final boolean hasHeader;
  private final Map<Long, Long> firstLines;
  private final long originNanos;

  /**
   * @param firstLines number of the first line of each block, by the block's start
   * @param originNanos arrival of the earliest request
   */
  RequestRows(
      TraceLineParser parser, boolean hasHeader, Map<Long, Long> firstLines, long originNanos) {
    this.parser = parser;
    this.hasHeader = hasHeader;
    this.firstLines = firstLines;
    this.originNanos = originNanos;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> lines) {
    return new Requests(lines);
  }

  private final class Requests implements Iterator<Row> {
    private final Iterator<Row> lines;
    private long blockStart = -1;
    private long lineNumber;
    private Row next;

    Requests(Iterator<Row> lines) {
      this.lines = lines;
    }

    @Override
    public boolean hasNext() {
      while (next == null && lines.hasNext()) {
        next = request(lines.next());
      }
      return next != null;
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Row row = next;
      next = null;
      return row;
    }

    /** Null for a line that is no request. */
    private Row request(Row line) {
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
        return null;
      }
      TraceLine parsed = parser.parse(line.getString(0));
      if (parsed instanceof BrokenLine broken) {
        throw changed("line " + lineNumber + ", " + broken.expected());
      }
      if (parsed instanceof TraceRequest request) {
        return RowFactory.create(
            lineNumber,
            request.since(originNanos).arrivalNanos(),
            request.promptTokens(),
            request.outputTokens());
      }
      return null;
    }

    private IllegalStateException changed(String where) {
      return new IllegalStateException("the trace changed after it was checked: " + where);
    }
  }
}
