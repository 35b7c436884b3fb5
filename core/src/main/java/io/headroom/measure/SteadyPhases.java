package io.headroom.measure;

/** Which phases of a measurement were steady. */
public record SteadyPhases(boolean prefill, boolean decode) {

  public static final SteadyPhases NONE = new SteadyPhases(false, false);

  public boolean both() {
    return prefill && decode;
  }

  /** What was steady here or there. */
  public SteadyPhases or(SteadyPhases other) {
    return new SteadyPhases(prefill || other.prefill, decode || other.decode);
  }

  /** What was steady here and there. */
  public SteadyPhases and(SteadyPhases other) {
    return new SteadyPhases(prefill && other.prefill, decode && other.decode);
  }
}
