package io.headroom.fit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * The sum of regression trees over features. A tree is its nodes in the order of a walk that takes
 * the left branch first: a node is a split, which sends values up to a threshold to the left, or a
 * leaf, which has a value.
 */
public final class BoostedTrees {
  public static final int MOST_THRESHOLDS = 256;
  public static final int LEAF = 0;
  public static final double LEAF_UNIT = 1e-4;

  private final List<double[]> thresholds;
  private final List<int[]> trees;
  private final List<int[]> leaves;

  /** The nodes of all trees one after another. */
  private final int[] splits;

  /** Of a split the node to the right of it, of a leaf its value. */
  private final int[] nexts;

  /** The first node of every tree. */
  private final int[] roots;

  /**
   * @param thresholds of every feature, ascending; splits name them by their index
   * @param trees of every tree its nodes: {@code 1 + 256 * feature + index} of a split, {@link
   *     #LEAF} of a leaf
   * @param leaves of every tree the values of its leaves, in units of {@link #LEAF_UNIT}
   * @throws IllegalArgumentException if a tree does not end where its nodes do, or names a feature
   *     or a threshold that there is not
   */
  public BoostedTrees(List<double[]> thresholds, List<int[]> trees, List<int[]> leaves) {
    this.thresholds = List.copyOf(thresholds);
    this.trees = List.copyOf(trees);
    this.leaves = List.copyOf(leaves);
    if (trees.size() != leaves.size()) {
      throw new IllegalArgumentException(
          "%d trees have leaves of %d".formatted(trees.size(), leaves.size()));
    }
    int nodes = trees.stream().mapToInt(tree -> tree.length).sum();
    this.splits = new int[nodes];
    this.nexts = new int[nodes];
    this.roots = new int[trees.size()];
    int root = 0;
    for (int i = 0; i < roots.length; i++) {
      roots[i] = root;
      layOut(root, trees.get(i), leaves.get(i));
      root += trees.get(i).length;
    }
  }

  private void layOut(int root, int[] nodes, int[] values) {
    int[] nextsOfTree = nexts(nodes, values);
    for (int node = 0; node < nodes.length; node++) {
      splits[root + node] = nodes[node];
      nexts[root + node] = nextsOfTree[node] + (nodes[node] == LEAF ? 0 : root);
    }
  }

  /** No tree: the sum is 0. */
  public static BoostedTrees none(int features) {
    return new BoostedTrees(Collections.nCopies(features, new double[0]), List.of(), List.of());
  }

  private int[] nexts(int[] nodes, int[] values) {
    int[] nexts = new int[nodes.length];
    Deque<Integer> splits = new ArrayDeque<>();
    int ends = 0;
    for (int node = 0; node < nodes.length; node++) {
      if (nodes[node] != LEAF) {
        requireKnown(nodes[node]);
        splits.push(node);
        continue;
      }
      if (ends == values.length) {
        throw new IllegalArgumentException("a tree has more leaves than %d values".formatted(ends));
      }
      nexts[node] = values[ends];
      ends++;
      if (splits.isEmpty() != (node == nodes.length - 1)) {
        throw new IllegalArgumentException("a tree does not end where its nodes do");
      }
      if (!splits.isEmpty()) {
        nexts[splits.pop()] = node + 1;
      }
    }
    if (ends != values.length || nodes.length == 0 || !splits.isEmpty()) {
      throw new IllegalArgumentException(
          "a tree has %d leaves and %d values".formatted(ends, values.length));
    }
    return nexts;
  }

  private void requireKnown(int split) {
    boolean known =
        split > 0
            && feature(split) < thresholds.size()
            && index(split) < thresholds.get(feature(split)).length;
    if (!known) {
      throw new IllegalArgumentException("a split names no feature or threshold: " + split);
    }
  }

  /** How a node says that it splits a feature at one of its thresholds. */
  static int split(int feature, int threshold) {
    return 1 + feature * MOST_THRESHOLDS + threshold;
  }

  private static int feature(int split) {
    return (split - 1) / MOST_THRESHOLDS;
  }

  private static int index(int split) {
    return (split - 1) % MOST_THRESHOLDS;
  }

  /** The same without the thresholds that no split names. */
  BoostedTrees compact() {
    List<BitSet> used = new ArrayList<>();
    thresholds.forEach(values -> used.add(new BitSet(values.length)));
    for (int[] tree : trees) {
      Arrays.stream(tree)
          .filter(node -> node != LEAF)
          .forEach(split -> used.get(feature(split)).set(index(split)));
    }
    List<double[]> kept = new ArrayList<>();
    for (int i = 0; i < used.size(); i++) {
      double[] values = thresholds.get(i);
      kept.add(used.get(i).stream().mapToDouble(index -> values[index]).toArray());
    }
    List<int[]> renamed =
        trees.stream()
            .map(tree -> Arrays.stream(tree).map(node -> renamed(node, used)).toArray())
            .toList();
    return new BoostedTrees(kept, renamed, leaves);
  }

  private static int renamed(int node, List<BitSet> used) {
    if (node == LEAF) {
      return LEAF;
    }
    int feature = feature(node);
    return split(feature, used.get(feature).get(0, index(node)).cardinality());
  }

  /** The first trees of it, which were grown before the others. */
  public BoostedTrees first(int count) {
    int kept = Math.min(count, trees.size());
    return new BoostedTrees(thresholds, trees.subList(0, kept), leaves.subList(0, kept)).compact();
  }

  public List<double[]> thresholds() {
    return thresholds;
  }

  public List<int[]> trees() {
    return trees;
  }

  public List<int[]> leaves() {
    return leaves;
  }

  /**
   * @param values of the features, as many as the thresholds are of
   */
  public double sum(double[] values) {
    int[] firsts = firstThresholds(values);
    long sum = 0;
    for (int root : roots) {
      int node = root;
      for (int split = splits[node]; split != LEAF; split = splits[node]) {
        node = firsts[feature(split)] <= index(split) ? node + 1 : nexts[node];
      }
      sum += nexts[node];
    }
    return sum * LEAF_UNIT;
  }

  /** Of every feature the first threshold that its value does not exceed. */
  private int[] firstThresholds(double[] values) {
    int[] firsts = new int[thresholds.size()];
    for (int feature = 0; feature < firsts.length; feature++) {
      double[] of = thresholds.get(feature);
      int low = 0;
      int high = of.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (values[feature] <= of[middle]) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      firsts[feature] = low;
    }
    return firsts;
  }
}
