package io.headroom.plan.time;

/**
 * Times over numbers of sequences and their lengths, linear in both between points that are half a
 * doubling apart.
 */
final class SizeTimes {
  private static final double[] ONE = {1};

  /** What a part of a step takes. */
  @FunctionalInterface
  interface Part {
    void add(PartTimes times, double sequences, double length);
  }

  private final double[] sequences;
  private final double[] lengths;
  private final double[][] millis;

  /** Of sequences whose length does not matter. */
  static SizeTimes ofSequences(int most, Part part) {
    return new SizeTimes(Grid.halfOctaves(most), ONE, part);
  }

  static SizeTimes of(int mostSequences, int mostLength, Part part) {
    return new SizeTimes(Grid.halfOctaves(mostSequences), Grid.halfOctaves(mostLength), part);
  }

  private SizeTimes(double[] sequences, double[] lengths, Part part) {
    this.sequences = sequences;
    this.lengths = lengths;
    this.millis = new double[sequences.length][lengths.length];
    for (int i = 0; i < sequences.length; i++) {
      for (int j = 0; j < lengths.length; j++) {
        PartTimes times = new PartTimes();
        part.add(times, sequences[i], lengths[j]);
        millis[i][j] = Math.max(StepTable.LEAST_MILLIS, times.total());
      }
    }
  }

  /** The points over which times are linear in the length, whatever the number of sequences. */
  double[] lengths() {
    return lengths.clone();
  }

  /** Times go on beyond the last points as between the last two, and stay below the first. */
  double at(double count, double length) {
    int j = interval(lengths, length);
    double left = part(lengths, j, length);
    int i = interval(sequences, count);
    double low = along(millis[i], j, left);
    if (sequences.length == 1) {
      return low;
    }
    double high = along(millis[i + 1], j, left);
    return low + part(sequences, i, count) * (high - low);
  }

  private static int interval(double[] points, double value) {
    return points.length == 1 ? 0 : Grid.halfOctave(points.length, value);
  }

  private static double along(double[] row, int j, double part) {
    return part == 0 ? row[j] : row[j] + part * (row[j + 1] - row[j]);
  }

  private static double part(double[] points, int i, double value) {
    return points.length == 1
        ? 0
        : (Math.max(points[0], value) - points[i]) / (points[i + 1] - points[i]);
  }
}
