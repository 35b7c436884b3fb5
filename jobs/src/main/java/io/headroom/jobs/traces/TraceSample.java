package io.headroom.jobs.traces;

import io.headroom.workload.TraceRequest;
import java.util.List;
import java.util.Optional;

/**
 * Requests drawn from a trace.
 *
 * @param file the trace's path as the user wrote it
 * @param asked how many were asked for
 * @param requests those drawn, by arrival since the trace's earliest request
 */
public record TraceSample(String file, int asked, List<TraceRequest> requests) {

  public TraceSample {
    requests = List.copyOf(requests);
  }

  /** One line that says that the trace had fewer than asked for; empty if it had enough. */
  public Optional<String> note() {
    if (requests.size() >= asked) {
      return Optional.empty();
    }
    return Optional.of(
        "%s: a sample of %d was asked for, the trace has %d requests: all are used"
            .formatted(file, asked, requests.size()));
  }
}
