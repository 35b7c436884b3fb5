package io.headroom.attention.reference;

import io.headroom.kvcache.CheckedKvCache;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.HeapArrays;
import io.headroom.kvcache.KvCacheSpec;
import java.util.Optional;

/** Exact float32 rows of every position, {@code [kvHeads][capacity * dim]}, window or not. */
final class RowKvCache extends CheckedKvCache {
  private final float[][] keys;
  private final float[][] values;

  RowKvCache(KvCacheSpec spec) {
    super(spec);
    this.keys = new float[spec.kvHeads()][Math.multiplyExact(spec.capacity(), spec.keyDim())];
    this.values = new float[spec.kvHeads()][Math.multiplyExact(spec.capacity(), spec.valueDim())];
  }

  static Optional<String> unsupported(KvCacheSpec spec) {
    return HeapArrays.tooLongForAHead(
        (long) spec.capacity() * Math.max(spec.keyDim(), spec.valueDim()));
  }

  static long heapBytes(KvCacheSpec spec) {
    return spec.kvHeads()
        * (HeapArrays.bytes((long) spec.capacity() * spec.keyDim(), Float.BYTES)
            + HeapArrays.bytes((long) spec.capacity() * spec.valueDim(), Float.BYTES));
  }

  float[] keys(int kvHead) {
    return keys[kvHead];
  }

  float[] values(int kvHead) {
    return values[kvHead];
  }

  @Override
  protected void store(HeadTensor newKeys, HeadTensor newValues) {
    copy(newKeys, keys);
    copy(newValues, values);
  }

  @Override
  public long allocatedBytes() {
    KvCacheSpec spec = spec();
    long numbers = (long) spec.kvHeads() * spec.capacity() * (spec.keyDim() + spec.valueDim());
    return numbers * Float.BYTES;
  }

  private void copy(HeadTensor rows, float[][] heads) {
    int count = rows.tokens() * rows.dim();
    for (int head = 0; head < rows.heads(); head++) {
      System.arraycopy(rows.data(), rows.row(head, 0), heads[head], length() * rows.dim(), count);
    }
  }
}
