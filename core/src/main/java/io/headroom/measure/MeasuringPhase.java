package io.headroom.measure;

/** What is done with a sequence, in this order. */
public enum MeasuringPhase {
  /** Running what is to be measured, shortened, to have it compiled. */
  WARM_UP("warm-up"),
  /** Making queries, keys and values, and empty caches. */
  DATA("making the data"),
  PREFILL("prefill"),
  DECODE("decode"),
  /** Comparing the output with the reference engine's. */
  VERIFICATION("verification");

  private final String label;

  MeasuringPhase(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }
}
