package io.headroom.jobs.traces;

import io.headroom.workload.BrokenLine;
import io.headroom.workload.RequestHistory;
import io.headroom.workload.SkipReason;
import io.headroom.workload.SkippedLine;
import io.headroom.workload.TraceLine;
import io.headroom.workload.TraceLineParser;
import io.headroom.workload.TraceRequest;
import io.headroom.workload.TraceSession;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * What one block of a file holds, gathered line by line by the task that reads it. A class with
 * plain fields, since Kryo cannot fill a record.
 */
final class BlockSummary implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Enough of a broken line for a message. */
  private static final int KEPT_CHARACTERS = 200;

  /** Offset of the block in the file, in bytes. */
  long start;

  /** Lines that begin in the block, a header included. */
  long lines;

  long used;

  /** Lines by reason; no line, no entry. No {@link EnumMap}, which Kryo cannot fill either. */
  Map<SkipReason, Long> skipped = new HashMap<>();

  /** Requests that do not say when they arrived, among those used. */
  long withoutArrival;

  /** Lines that hold a whole session. */
  long sessions;

  long earliestNanos = Long.MAX_VALUE;

  long latestNanos = TraceRequest.NO_ARRIVAL;

  /** Of the first and the last request that says when it arrived; negative if none does. */
  long firstNanos = TraceRequest.NO_ARRIVAL;

  long lastNanos = TraceRequest.NO_ARRIVAL;

  /** Whether those stand in the order of their arrival. */
  boolean inOrder = true;

  /** Requests that generated nothing, among those used. */
  long emptyOutputs;

  int mostOutputTokens;

  /** Requests that are sent after the answer to another, as far as their histories are read. */
  long waiting;

  /** Index in the block of its first broken line; lines after it are only counted. */
  long brokenIndex;

  /** Null as long as no line is broken. */
  String brokenExpected;

  String brokenText;

  BlockSummary(long start) {
    this.start = start;
  }

  void addHeader() {
    lines++;
  }

  void add(String text, TraceLineParser parser) {
    if (brokenExpected == null) {
      add(parser.parse(text), text);
    }
    lines++;
  }

  private void add(TraceLine line, String text) {
    if (line instanceof TraceRequest request) {
      used++;
      emptyOutputs += request.outputTokens() == 0 ? 1 : 0;
      mostOutputTokens = Math.max(mostOutputTokens, request.outputTokens());
      RequestHistory history = request.history();
      if (history.hasDelay() || (!request.hasArrival() && !history.session().isEmpty())) {
        waiting++;
      }
      addArrival(request);
    } else if (line instanceof TraceSession session) {
      sessions++;
      session.requests().forEach(within -> add(within, text));
    } else if (line instanceof SkippedLine skippedLine) {
      skipped.merge(skippedLine.reason(), 1L, Long::sum);
    } else if (line instanceof BrokenLine broken) {
      brokenIndex = lines;
      brokenExpected = broken.expected();
      brokenText = text.substring(0, Math.min(text.length(), KEPT_CHARACTERS));
    }
  }

  private void addArrival(TraceRequest request) {
    if (request.hasArrival()) {
      long nanos = request.arrivalNanos();
      earliestNanos = Math.min(earliestNanos, nanos);
      latestNanos = Math.max(latestNanos, nanos);
      firstNanos = firstNanos < 0 ? nanos : firstNanos;
      inOrder = inOrder && nanos >= lastNanos;
      lastNanos = nanos;
    } else {
      withoutArrival++;
    }
  }
}
