package io.headroom.peers;

import io.headroom.attention.AttentionShape;
import io.headroom.attention.reference.ReferenceRows;
import io.headroom.kvcache.HeadTensor;
import io.headroom.measure.SyntheticTensors;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The numbers that all engines share: standard normal queries, keys and values of every position
 * that a sample sees, and the same keys and values outside the heap for the native libraries.
 */
final class BenchmarkData implements AutoCloseable {
  private static final long SEED = 20_170_612;

  private static final int MOST_REFERENCE_TOKENS = 9;

  private final Workload workload;
  private final HeadTensor queries;
  private final HeadTensor keys;
  private final HeadTensor values;
  private final FloatPointer nativeKeys;
  private final FloatPointer nativeValues;
  private ReferenceRows reference;

  BenchmarkData(Workload workload) {
    AttentionShape shape = workload.shape();
    this.workload = workload;
    this.queries = gaussian(shape.queryHeads(), workload.queries(), shape.headDim(), 1);
    this.keys = gaussian(shape.kvHeads(), workload.keys(), shape.headDim(), 2);
    this.values = gaussian(shape.kvHeads(), workload.keys(), shape.valueDim(), 3);
    this.nativeKeys = new FloatPointer(keys.data());
    this.nativeValues = new FloatPointer(values.data());
  }

  private static HeadTensor gaussian(int heads, int tokens, int dim, long part) {
    return SyntheticTensors.gaussian(heads, tokens, dim, SyntheticTensors.mix(SEED, part));
  }

  boolean serves(Workload other) {
    return workload.sharesDataWith(other);
  }

  /** {@code [queryHeads, queries, headDim]}. */
  HeadTensor queries() {
    return queries;
  }

  /** {@code [kvHeads, keys, headDim]}, the positions of this sample's queries included. */
  HeadTensor keys() {
    return keys;
  }

  /** {@code [kvHeads, keys, valueDim]}. */
  HeadTensor values() {
    return values;
  }

  /** {@link #keys()} outside the heap. */
  FloatPointer nativeKeys() {
    return nativeKeys;
  }

  /** {@link #values()} outside the heap. */
  FloatPointer nativeValues() {
    return nativeValues;
  }

  /** What the textbook gives, at some of the queries; computed when first asked for. */
  ReferenceRows reference() {
    if (reference == null) {
      int[] tokens = ReferenceRows.spread(0, workload.queries(), MOST_REFERENCE_TOKENS).toArray();
      reference = ReferenceRows.compute(workload.attention(), queries, keys, values, tokens);
    }
    return reference;
  }

  @Override
  public void close() {
    nativeKeys.close();
    nativeValues.close();
  }
}
