package io.headroom.workload;

import java.util.Objects;

/** A well-formed line that holds no request to serve. */
public record SkippedLine(SkipReason reason) implements TraceLine {

  public SkippedLine {
    Objects.requireNonNull(reason, "reason");
  }
}
