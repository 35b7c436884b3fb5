package io.headroom.workload;

import java.util.List;

/**
 * A line that holds the requests of a whole session.
 *
 * @param requests at least one: requests, skipped ones, and sessions within the session
 */
public record TraceSession(List<TraceLine> requests) implements TraceLine {

  public TraceSession {
    requests = List.copyOf(requests);
    if (requests.isEmpty()) {
      throw new IllegalArgumentException("a session must have a request");
    }
  }
}
