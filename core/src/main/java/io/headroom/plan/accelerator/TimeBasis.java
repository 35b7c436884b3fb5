package io.headroom.plan.accelerator;

/** What a predicted time rests on, from the best. */
public enum TimeBasis {
  /** The same kernel was measured on this accelerator, in shapes around this one. */
  MEASURED,
  /** Another shape, or another kernel of the family, was measured on this accelerator. */
  EXTRAPOLATED,
  /**
   * Nothing of the family was measured on this accelerator: its data sheet scales what is known.
   */
  DATA_SHEET;

  /** The less certain of the two. */
  public TimeBasis orLess(TimeBasis other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
