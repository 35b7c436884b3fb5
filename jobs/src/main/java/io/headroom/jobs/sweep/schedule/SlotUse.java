package io.headroom.jobs.sweep.schedule;

import io.headroom.host.Ticker;
import java.util.Locale;

/** How much of the time of the slots that a sweep had went into measuring. */
public final class SlotUse {
  private final Ticker ticker;
  private long sinceNanos;
  private int slots;
  private double slotNanos;
  private double measuringNanos;

  SlotUse(Ticker ticker) {
    this.ticker = ticker;
    this.sinceNanos = ticker.nanos();
  }

  /** From now on there are so many slots; 0 when the sweep is done. */
  void slots(int now) {
    long nanos = ticker.nanos();
    slotNanos += (double) slots * (nanos - sinceNanos);
    sinceNanos = nanos;
    slots = now;
  }

  void measured(long nanos) {
    measuringNanos += nanos;
  }

  public double measuringSeconds() {
    return measuringNanos / 1e9;
  }

  public double slotSeconds() {
    return slotNanos / 1e9;
  }

  /** 1 where the slots did nothing else; 0 before anything was measured. */
  public double share() {
    return slotNanos == 0 ? 0 : measuringNanos / slotNanos;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "measuring took %.1f of %.1f slot-seconds: %.0f %%",
        measuringSeconds(),
        slotSeconds(),
        100 * share());
  }
}
