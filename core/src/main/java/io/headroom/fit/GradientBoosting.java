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
 * Gradient boosting of regression trees, each grown where it gains most, over histograms of binned
 * features (Ke et al., NeurIPS 2017). The loss is Huber's (Friedman, Annals of Statistics 2001):
 * square for most rows, and linear for those whose error is many times that of the median row, so
 * that outliers do not draw a leaf to themselves. When all trees are grown, the values of all
 * leaves are fitted again to what all other trees leave (Johnson and Zhang, IEEE Transactions on
 * Pattern Analysis 2014), which the same number of leaves tells more with. No step is random: the
 * same rows in the same order give the same trees.
 */
public final class GradientBoosting {
  private static final int MOST_BINS = 255;
  private static final MathContext THRESHOLD_DIGITS = new MathContext(6);

  /** The loss is linear beyond so many times the median absolute error. */
  private static final double OUTLIER = 3;

  /** Below it an error is none. */
  private static final double LEAST_ERROR = 1e-3;

  /**
   * How much is learnt.
   *
   * @param trees at least 1
   * @param leaves of a tree at most, at least 2
   * @param leastRows of a leaf, at least 1
   * @param step what is taken of each tree, above 0 and at most 1
   * @param shrinkage as if every leaf had so many rows more, of nothing to learn; at least 0
   * @param refit of all leaves at the end
   */
  public record Effort(
      int trees, int leaves, int leastRows, double step, double shrinkage, Refit refit) {
    public Effort withMostTrees(int most) {
      return new Effort(Math.min(trees, most), leaves, leastRows, step, shrinkage, refit);
    }
  }

  /**
   * How the leaves of all trees are fitted again.
   *
   * @param passes over all trees; 0 leaves them as they were grown
   * @param shrinkage as if every leaf had so many rows more, of nothing to learn; at least 0
   */
  public record Refit(int passes, double shrinkage) {
    public static final Refit NONE = new Refit(0, 0);
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

  /** Of every error what counts. */
  private final double[] counted;

  /** An error counts as no more. */
  private double most;

  private final int[] order;
  private final int[] scratch;

  /** Of every tree, the leaves of all rows. */
  private final List<int[]> leavesOfRows = new ArrayList<>();

  private GradientBoosting(List<double[]> rows, double[] labels, Effort effort) {
    this.effort = effort;
    this.errors = labels.clone();
    this.counted = new double[labels.length];
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
      leavesOfRows.add(new int[errors.length]);
      count();
      Leaf root = grow();
      List<Integer> nodes = new ArrayList<>();
      List<Integer> values = new ArrayList<>();
      take(root, nodes, values);
      trees.add(nodes.stream().mapToInt(Integer::intValue).toArray());
      leaves.add(values.stream().mapToInt(Integer::intValue).toArray());
    }
    for (int pass = 0; pass < effort.refit().passes(); pass++) {
      count();
      for (int i = 0; i < leaves.size(); i++) {
        refit(leavesOfRows.get(i), leaves.get(i));
      }
    }
    return new BoostedTrees(Arrays.asList(edges), trees, leaves).compact();
  }

  /** Cuts what no longer counts from the errors as they are. */
  private void count() {
    double[] sorted = Arrays.stream(errors).map(Math::abs).sorted().toArray();
    most = Math.max(LEAST_ERROR, OUTLIER * sorted[sorted.length / 2]);
    for (int row = 0; row < errors.length; row++) {
      counted[row] = clipped(errors[row]);
    }
  }

  private double clipped(double error) {
    return Math.max(-most, Math.min(most, error));
  }

  /** Changes the leaves of one tree by what all trees leave of the rows in them. */
  private void refit(int[] leafOfRow, int[] values) {
    double[] sums = new double[values.length];
    int[] counts = new int[values.length];
    for (int row = 0; row < leafOfRow.length; row++) {
      sums[leafOfRow[row]] += clipped(errors[row]);
      counts[leafOfRow[row]]++;
    }
    double[] changes = new double[values.length];
    for (int leaf = 0; leaf < values.length; leaf++) {
      double whole = sums[leaf] + counts[leaf] * values[leaf] * BoostedTrees.LEAF_UNIT;
      double value = whole / (counts[leaf] + effort.refit().shrinkage());
      int units = (int) Math.round(value / BoostedTrees.LEAF_UNIT);
      changes[leaf] = (units - values[leaf]) * BoostedTrees.LEAF_UNIT;
      values[leaf] = units;
    }
    for (int row = 0; row < leafOfRow.length; row++) {
      errors[row] -= changes[leafOfRow[row]];
    }
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
        sums[cell] += counted[order[i]];
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
    int rows = leaf.to - leaf.from;
    double value = effort.step() * rows * middle(leaf) / (rows + effort.shrinkage());
    int units = (int) Math.round(value / BoostedTrees.LEAF_UNIT);
    int[] leafOfRow = leavesOfRows.get(leavesOfRows.size() - 1);
    for (int i = leaf.from; i < leaf.to; i++) {
      errors[order[i]] -= units * BoostedTrees.LEAF_UNIT;
      leafOfRow[order[i]] = values.size();
    }
    nodes.add(BoostedTrees.LEAF);
    values.add(units);
  }

  /** Of the errors in a leaf: their median, and the mean of how far they are from it. */
  private double middle(Leaf leaf) {
    double[] sorted = new double[leaf.to - leaf.from];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = errors[order[leaf.from + i]];
    }
    Arrays.sort(sorted);
    double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    double sum = 0;
    for (double error : sorted) {
      sum += clipped(error - median);
    }
    return median + sum / sorted.length;
  }
}
