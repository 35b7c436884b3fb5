package io.headroom.attention;

import java.io.Serializable;

/**
 * How far outputs lie from those of the reference.
 *
 * @param maxAbsolute the largest difference of two numbers; NaN if any number is
 * @param relativeL2 root of the summed squares of the differences over that of the reference
 */
public record OutputError(double maxAbsolute, double relativeL2) implements Serializable {

  /** Whether the relative error is at most {@code tolerance}; NaN never is. */
  public boolean isWithin(double tolerance) {
    return relativeL2 <= tolerance;
  }

  /** Of outputs in two arrays of the same length. */
  public static OutputError between(float[] actual, float[] reference) {
    Sum sum = new Sum();
    sum.add(actual, 0, reference, 0, reference.length);
    return sum.error();
  }

  /** Of outputs in two arrays of the same length, against a reference in double precision. */
  public static OutputError between(float[] actual, double[] reference) {
    Sum sum = new Sum();
    for (int i = 0; i < reference.length; i++) {
      sum.add(actual[i], reference[i]);
    }
    return sum.error();
  }

  /** The larger of each; NaN where either is. */
  public static OutputError worse(OutputError one, OutputError other) {
    return new OutputError(
        Math.max(one.maxAbsolute, other.maxAbsolute), Math.max(one.relativeL2, other.relativeL2));
  }

  /** Adds up differences row by row. */
  public static final class Sum {
    private double maxAbsolute;
    private double squaredDifferences;
    private double squaredReference;

    public void add(
        float[] actual, int actualFrom, float[] reference, int referenceFrom, int count) {
      for (int i = 0; i < count; i++) {
        add(actual[actualFrom + i], reference[referenceFrom + i]);
      }
    }

    private void add(float actual, double reference) {
      double difference = actual - reference;
      // Math.max keeps NaN.
      maxAbsolute = Math.max(maxAbsolute, Math.abs(difference));
      squaredDifferences += difference * difference;
      squaredReference += reference * reference;
    }

    public OutputError error() {
      double relative =
          squaredDifferences == 0 ? 0 : Math.sqrt(squaredDifferences / squaredReference);
      return new OutputError(maxAbsolute, relative);
    }
  }
}
