package io.headroom.plan.serving;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What happened when, in bins of equal width. */
final class Timeline {
  private final double width;
  private final TimeSum running;
  private final TimeSum waiting;
  private final TimeSum usedBlocks;
  private double[] peak = new double[64];
  private long[] arrivals = new long[64];
  private long[] completed = new long[64];
  private long[] tokens = new long[64];
  private int bins;

  /**
   * @param width milliseconds; 0: nothing is kept
   */
  Timeline(double width) {
    this.width = width;
    this.running = new TimeSum(width);
    this.waiting = new TimeSum(width);
    this.usedBlocks = new TimeSum(width);
  }

  void arrived(double millis) {
    if (width > 0) {
      int bin = bin(millis);
      arrivals[bin]++;
    }
  }

  void completed(double millis) {
    if (width > 0) {
      int bin = bin(millis);
      completed[bin]++;
    }
  }

  void tokens(double millis, int count) {
    if (width > 0) {
      int bin = bin(millis);
      tokens[bin] += count;
    }
  }

  void ran(double from, double to) {
    if (width > 0) {
      running.add(from, to, 1);
    }
  }

  void waited(double from, double to) {
    if (width > 0) {
      waiting.add(from, to, 1);
    }
  }

  /** Blocks that sequences of a replica used of those that it has. */
  void used(double from, double to, long blocks, long ofBlocks) {
    if (width == 0) {
      return;
    }
    usedBlocks.add(from, to, blocks);
    double part = (double) blocks / ofBlocks;
    int last = bin(to);
    for (int i = bin(from); i <= last; i++) {
      peak[i] = Math.max(peak[i], part);
    }
  }

  /**
   * @param millis at which everything had ended; the last bin is only as wide as it is needed
   * @param poolBlocks of all replicas
   */
  List<TimelineBin> bins(double millis, long poolBlocks) {
    List<TimelineBin> all = new ArrayList<>();
    double[] ran = running.sums(bins);
    double[] waited = waiting.sums(bins);
    double[] used = usedBlocks.sums(bins);
    for (int i = 0; i < bins; i++) {
      double from = i * width;
      double wide = Math.min(width, millis - from);
      // What ends exactly where a bin begins is counted in it, and takes no time.
      double parts = wide > 0 ? wide : width;
      all.add(
          new TimelineBin(
              from,
              arrivals[i],
              completed[i],
              tokens[i],
              ran[i] / parts,
              waited[i] / parts,
              used[i] / parts / poolBlocks,
              peak[i]));
    }
    return all;
  }

  private int bin(double millis) {
    int bin = (int) (millis / width);
    bins = Math.max(bins, bin + 1);
    if (bin >= peak.length) {
      int more = Math.max(bin + 1, 2 * peak.length);
      peak = Arrays.copyOf(peak, more);
      arrivals = Arrays.copyOf(arrivals, more);
      completed = Arrays.copyOf(completed, more);
      tokens = Arrays.copyOf(tokens, more);
    }
    return bin;
  }
}
