package io.headroom.plan.accelerator;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a family of kernels has to do, as terms of time that an ideal accelerator would need: bytes
 * over bandwidth, operations over peak, waves over the processors. A variant of the family, such as
 * one library's kernel for one type of elements, weighs them with coefficients that are fitted.
 */
public interface KernelPhysics {
  /** The columns of text that say which kernel it is. */
  List<String> texts();

  /** The columns of numbers. */
  List<String> numbers();

  /** The columns of numbers that a table may lack, with what they are then. */
  default double whereMissing(String column) {
    return Double.NaN;
  }

  /** The columns of text that a table may lack, with what they are then. */
  default Optional<String> textWhereMissing(String column) {
    return Optional.empty();
  }

  /**
   * @throws io.headroom.UserException if a type of elements is not known
   */
  default void requireKnownTypes(KernelCall call) {
    for (int i = 0; i < texts().size(); i++) {
      if (isType(texts().get(i))) {
        KernelCall.elementBytes(texts().get(i), call.texts().get(i));
      }
    }
  }

  /** Kernels of one variant share their coefficients. */
  default String variant(KernelCall call) {
    return String.join(" ", call.texts());
  }

  /** Whether it is called with a window, which makes another kernel of it. */
  default boolean hasWindow(KernelCall call) {
    return false;
  }

  /**
   * By their names the sizes that say whether a shape is among measured ones: the columns of
   * numbers, and what several of them come to.
   */
  default SortedMap<String, Double> sizes(KernelCall call) {
    SortedMap<String, Double> sizes = new TreeMap<>();
    for (int i = 0; i < numbers().size(); i++) {
      sizes.put(numbers().get(i), call.numbers()[i]);
    }
    return sizes;
  }

  /**
   * How a kernel lays its work over the processors, by its texts; kernels that do it alike are of
   * one word.
   */
  default String layout(List<String> texts) {
    return "";
  }

  /** How far two accelerators are from each other in what matters most: octaves. */
  default double distance(DataSheet one, DataSheet other) {
    return Math.abs(log2(one.bandwidthBytesPerSecond() / other.bandwidthBytesPerSecond()))
        + Math.abs(log2(one.bf16FlopsPerSecond() / other.bf16FlopsPerSecond()));
  }

  /** What {@link #terms} stand for. */
  List<String> termNames();

  /** Terms of bytes that the memory or a link moves. */
  Set<String> MOVED = Set.of("memory", "weights", "activations", "bytes");

  /** Terms of operations of the units for matrices. */
  Set<String> COMPUTED = Set.of("tensor_cores", "tiles", "projections");

  /** The larger of bytes over bandwidth and operations over peak. */
  default double rooflineMillis(KernelCall call, DataSheet sheet) {
    List<String> names = termNames();
    double[] terms = terms(call, sheet);
    double moved = 0;
    double computed = 0;
    for (int i = 0; i < terms.length; i++) {
      moved += MOVED.contains(names.get(i)) ? terms[i] : 0;
      computed += COMPUTED.contains(names.get(i)) ? terms[i] : 0;
    }
    return Math.max(moved, computed);
  }

  /**
   * Milliseconds, at least 0 each, and the first above 0. They depend on the accelerator by its
   * data sheet alone, so that coefficients mean the same on another one.
   */
  double[] terms(KernelCall call, DataSheet sheet);

  /**
   * How the first term, the floor, joins the others: 1 adds it, and the larger, the more it is what
   * they must exceed; see {@link io.headroom.fit.LogLinearFit}.
   */
  default double floorPower() {
    return 1;
  }

  /** What each accelerator must send to the others at least; 0 where that is not certain. */
  default double linkBytes(KernelCall call) {
    return 0;
  }

  /**
   * How often an accelerator does {@link #turn} for one call: a host takes the sequences of a batch
   * one after another.
   */
  default double turns(KernelCall call, DataSheet sheet) {
    return 1;
  }

  /** What is done at once of a call. */
  default KernelCall turn(KernelCall call, DataSheet sheet) {
    return call;
  }

  /** What {@link #features} stand for. */
  List<String> featureNames();

  /** What tells where the terms miss the measured time. */
  double[] features(KernelCall call, DataSheet sheet);

  /** Of keys it matters how many they are, not which of them were there before. */
  static SortedMap<String, Double> byLength(SortedMap<String, Double> sizes, double length) {
    sizes.remove("isl");
    sizes.remove("step");
    sizes.put("length", length);
    return sizes;
  }

  /** Whether a column of text names a type of elements. */
  static boolean isType(String column) {
    return column.endsWith("_dtype") || column.equals("gemm_type");
  }

  /**
   * Two times that overlap: a little more than the larger, the less, the higher the power; they add
   * up where it is 1.
   */
  static double larger(double one, double other, double power) {
    return Math.pow(Math.pow(one, power) + Math.pow(other, power), 1 / power);
  }

  static double log2(double value) {
    return Math.log(value) / Math.log(2);
  }

  /** How full the last of the waves is on average: 1 where the work divides evenly. */
  static double fill(double work, double places) {
    double waves = work / places;
    return waves / Math.ceil(waves);
  }
}
