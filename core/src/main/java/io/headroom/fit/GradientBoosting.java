package io.headroom.fit;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * Gradient boosting of regression trees for the squared error (Friedman, Annals of Statistics
 * 2001), each tree grown where it gains most, over histograms of binned features (Ke et al.,
 * NeurIPS 2017). No step is random: the same rows in the same order give the same trees.
 */
public final class GradientBoosting {
  private static final int MOST_BINS = 255;
  private static final MathContext THRESHOLD_DIGITS = new MathContext(6);

  /**
   * How much is learnt.
   *
   * @param trees at least 1
   * @param leaves of a tree at most, at least 2
   * @param leastRows of a leaf, at least 1
   * @param step what is taken of each tree, above 0 and at most 1
   * @param shrinkage as if every leaf had so many rows more, of nothing to learn; at least 0
   */
  public record Effort(int trees, int leaves, int leastRows, double step, double shrinkage) {
    public Effort withMostTrees(int most) {
      return new Effort(Math.min(trees, most), leaves, leastRows, step, shrinkage);
    }
  }

  /** A leaf that may be split, with its best split. */
  private static final class Leaf {
    final int from;
    final int to;
    final double[] sums;
    final int[] counts;
    int feature = -1;
    int bin;
    double gain;
    Leaf left;
    Leaf right;

    Leaf(int from, int to, double[] sums, int[] counts) {
      this.from = from;
      this.to = to;
      this.sums = sums;
      this.counts = counts;
    }
  }

  private final Effort effort;
  private final double[][] edges;

  /** Of every feature, the bins of all rows. */
  private final byte[][] bins;

  private final double[] errors;
  private final int[] order;
  private final int[] scratch;

  private GradientBoosting(List<double[]> rows, double[] labels, Effort effort) {
    this.effort = effort;
    this.errors = labels.clone();
    int features = rows.get(0).length;
    this.edges = new double[features][];
    this.bins = new byte[features][labels.length];
    for (int feature = 0; feature < features; feature++) {
      int column = feature;
      double[] values = rows.stream().mapToDouble(row -> row[column]).toArray();
      edges[feature] = edges(values);
      for (int row = 0; row < values.length; row++) {
        bins[feature][row] = (byte) bin(edges[feature], values[row]);
      }
    }
    this.order = new int[labels.length];
    this.scratch = new int[labels.length];
  }

  /**
   * @param rows features of every row, as many in each, finite
   * @param labels of every row what the sum of the trees is to come to
   * @throws IllegalArgumentException if there is no row, or not one label a row
   */
  public static BoostedTrees fit(List<double[]> rows, double[] labels, Effort effort) {
    if (rows.isEmpty() || rows.size() != labels.length) {
      throw new IllegalArgumentException(
          "%d rows need as many labels, and one row is needed: %d"
              .formatted(rows.size(), labels.length));
    }
    return new GradientBoosting(rows, labels, effort).fit();
  }

  private BoostedTrees fit() {
    List<int[]> trees = new ArrayList<>();
    List<int[]> leaves = new ArrayList<>();
    for (int i = 0; i < effort.trees(); i++) {
      Leaf root = grow();
      List<Integer> nodes = new ArrayList<>();
      List<Integer> values = new ArrayList<>();
      take(root, nodes, values);
      trees.add(nodes.stream().mapToInt(Integer::intValue).toArray());
      leaves.add(values.stream().mapToInt(Integer::intValue).toArray());
    }
    return new BoostedTrees(Arrays.asList(edges), trees, leaves).compact();
  }

  /** A value is in the first bin whose edge it does not exceed; the last bin has none. */
  private static int bin(double[] edges, double value) {
    int found = Arrays.binarySearch(edges, value);
    return found >= 0 ? found : -found - 1;
  }

  /** Between neighbouring values, of which there are about as many on both sides of each. */
  private static double[] edges(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double[] distinct = Arrays.stream(sorted).distinct().toArray();
    if (distinct.length <= MOST_BINS + 1) {
      return IntStream.range(0, distinct.length - 1)
          .mapToDouble(i -> between(distinct[i], distinct[i + 1]))
          .toArray();
    }
    double[] edges = new double[MOST_BINS];
    int count = 0;
    for (int i = 1; i <= MOST_BINS; i++) {
      int rank = (int) ((long) i * sorted.length / (MOST_BINS + 1));
      int next = rank;
      while (next < sorted.length && sorted[next] == sorted[rank - 1]) {
        next++;
      }
      if (next < sorted.length) {
        double edge = between(sorted[next - 1], sorted[next]);
        if (count == 0 || edge > edges[count - 1]) {
          edges[count] = edge;
          count++;
        }
      }
    }
    return Arrays.copyOf(edges, count);
  }

  /** With few digits where that is still between them. */
  private static double between(double low, double high) {
    double middle = low + (high - low) / 2;
    double rounded = new BigDecimal(middle).round(THRESHOLD_DIGITS).doubleValue();
    return rounded >= low && rounded < high ? rounded : Math.min(middle, Math.nextDown(high));
  }

  private Leaf grow() {
    for (int row = 0; row < order.length; row++) {
      order[row] = row;
    }
    Leaf root = leaf(0, order.length);
    PriorityQueue<Leaf> open =
        new PriorityQueue<>(
            Comparator.comparingDouble((Leaf leaf) -> -leaf.gain)
                .thenComparingInt(leaf -> leaf.from));
    open.add(root);
    int leaves = 1;
    while (leaves < effort.leaves() && !open.isEmpty() && open.peek().feature >= 0) {
      Leaf parent = open.poll();
      split(parent);
      open.add(parent.left);
      open.add(parent.right);
      leaves++;
    }
    return root;
  }

  private Leaf leaf(int from, int to) {
    double[] sums = new double[bins.length * (MOST_BINS + 1)];
    int[] counts = new int[sums.length];
    for (int feature = 0; feature < bins.length; feature++) {
      byte[] column = bins[feature];
      int base = feature * (MOST_BINS + 1);
      for (int i = from; i < to; i++) {
        int cell = base + (column[order[i]] & 0xff);
        sums[cell] += errors[order[i]];
        counts[cell]++;
      }
    }
    return withBestSplit(new Leaf(from, to, sums, counts));
  }

  /** What one half of a leaf leaves to the other. */
  private Leaf rest(Leaf parent, Leaf half, int from, int to) {
    double[] sums = parent.sums.clone();
    int[] counts = parent.counts.clone();
    for (int i = 0; i < sums.length; i++) {
      sums[i] -= half.sums[i];
      counts[i] -= half.counts[i];
    }
    return withBestSplit(new Leaf(from, to, sums, counts));
  }

  private Leaf withBestSplit(Leaf leaf) {
    double all = 0;
    for (int bin = 0; bin <= MOST_BINS; bin++) {
      all += leaf.sums[bin];
    }
    int rows = leaf.to - leaf.from;
    double whole = score(all, rows);
    for (int feature = 0; feature < bins.length; feature++) {
      double sum = 0;
      int count = 0;
      for (int bin = 0; bin < edges[feature].length; bin++) {
        sum += leaf.sums[feature * (MOST_BINS + 1) + bin];
        count += leaf.counts[feature * (MOST_BINS + 1) + bin];
        if (count < effort.leastRows() || rows - count < effort.leastRows()) {
          continue;
        }
        double gain = score(sum, count) + score(all - sum, rows - count) - whole;
        if (gain > leaf.gain) {
          leaf.gain = gain;
          leaf.feature = feature;
          leaf.bin = bin;
        }
      }
    }
    return leaf;
  }

  private double score(double sum, int count) {
    return sum * sum / (count + effort.shrinkage());
  }

  private void split(Leaf parent) {
    byte[] column = bins[parent.feature];
    int left = parent.from;
    int right = 0;
    for (int i = parent.from; i < parent.to; i++) {
      if ((column[order[i]] & 0xff) <= parent.bin) {
        order[left] = order[i];
        left++;
      } else {
        scratch[right] = order[i];
        right++;
      }
    }
    System.arraycopy(scratch, 0, order, left, right);
    if (left - parent.from <= parent.to - left) {
      parent.left = leaf(parent.from, left);
      parent.right = rest(parent, parent.left, left, parent.to);
    } else {
      parent.right = leaf(left, parent.to);
      parent.left = rest(parent, parent.right, parent.from, left);
    }
  }

  /** Writes a tree, and takes from the errors what it explains. */
  private void take(Leaf leaf, List<Integer> nodes, List<Integer> values) {
    if (leaf.left != null) {
      nodes.add(BoostedTrees.split(leaf.feature, leaf.bin));
      take(leaf.left, nodes, values);
      take(leaf.right, nodes, values);
      return;
    }
    double sum = 0;
    for (int i = leaf.from; i < leaf.to; i++) {
      sum += errors[order[i]];
    }
    double value = effort.step() * sum / (leaf.to - leaf.from + effort.shrinkage());
    int units = (int) Math.round(value / BoostedTrees.LEAF_UNIT);
    for (int i = leaf.from; i < leaf.to; i++) {
      errors[order[i]] -= units * BoostedTrees.LEAF_UNIT;
    }
    nodes.add(BoostedTrees.LEAF);
    values.add(units);
  }
}
