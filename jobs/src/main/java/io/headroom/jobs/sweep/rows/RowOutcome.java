package io.headroom.jobs.sweep.rows;

import io.headroom.attention.OutputVerdict;
import io.headroom.jobs.measurements.Status;
import java.io.Serializable;

/**
 * How it came out.
 *
 * @param reason one line; null for what is ok
 */
public record RowOutcome(Status status, String reason) implements Serializable {
  private static final RowOutcome OK = new RowOutcome(Status.OK, null);

  /**
   * @param verdict null where the output was not compared with the reference
   */
  static RowOutcome of(OutputVerdict verdict) {
    return verdict == null || verdict.isRight()
        ? OK
        : new RowOutcome(Status.FAILED, verdict.reason());
  }
}
