package io.headroom.workload;

import java.util.Objects;

/**
 * A line that is not what its format says.
 *
 * @param expected what the line should have held, without the offending text
 */
public record BrokenLine(String expected) implements TraceLine {

  public BrokenLine {
    Objects.requireNonNull(expected, "expected");
  }
}
