package io.headroom.attention.nd4j;

import io.headroom.kvcache.CheckedKvCache;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Keys and values {@code [kvHeads, capacity, dim]} outside the heap, in float32, float16 or
 * bfloat16. Every position is kept, of windowed caches too: the engine skips what the window hides.
 */
final class Nd4jKvCache extends CheckedKvCache {
  /** Bounds the float32 copy that a half precision append goes through. */
  private static final int STAGED_TOKENS = 1024;

  private final Nd4jBuffer keys;
  private final Nd4jBuffer values;
  private boolean closed;

  Nd4jKvCache(KvCacheSpec spec) {
    super(spec);
    DataType type = storageType(spec.precision());
    long rows = (long) spec.kvHeads() * spec.capacity();
    this.keys = new Nd4jBuffer(type, rows * spec.keyDim());
    this.values = valuesBeside(keys, type, rows * spec.valueDim());
  }

  /** Outside the heap, with the float32 copy of what is being appended. */
  static long nativeBytes(KvCacheSpec spec) {
    int numberBytes = storageType(spec.precision()).width();
    long rows = (long) spec.kvHeads() * spec.capacity();
    long bytes = rows * (spec.keyDim() + spec.valueDim()) * numberBytes;
    if (numberBytes == Float.BYTES) {
      return bytes;
    }
    long stagedRows = (long) spec.kvHeads() * Math.min(STAGED_TOKENS, spec.capacity());
    return bytes + stagedRows * Math.max(spec.keyDim(), spec.valueDim()) * Float.BYTES;
  }

  /** Keys without values would be lost: nothing else releases them soon. */
  private static Nd4jBuffer valuesBeside(Nd4jBuffer keys, DataType type, long length) {
    try {
      return new Nd4jBuffer(type, length);
    } catch (RuntimeException | Error e) {
      keys.close();
      throw e;
    }
  }

  /** Why keys and values cannot be kept so, in one line; empty if they can. */
  static Optional<String> unsupported(KvFormat format) {
    return storageTypeOf(format).isPresent()
        ? Optional.empty()
        : Optional.of("the nd4j engine keeps f32, f16 or bf16: " + format.label());
  }

  KvRows keys(int kvHead) {
    return rows(keys, kvHead, spec().keyDim());
  }

  KvRows values(int kvHead) {
    return rows(values, kvHead, spec().valueDim());
  }

  private KvRows rows(Nd4jBuffer store, int kvHead, int dim) {
    return new KvRows(store, (long) kvHead * spec().capacity() * dim, dim);
  }

  @Override
  protected void store(HeadTensor newKeys, HeadTensor newValues) {
    requireOpen();
    store(newKeys, keys);
    store(newValues, values);
  }

  @Override
  public long allocatedBytes() {
    return closed ? 0 : keys.bytes() + values.bytes();
  }

  @Override
  public void close() {
    closed = true;
    keys.close();
    values.close();
  }

  /** Native memory that was released would end the process, not throw. */
  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the cache is closed");
    }
  }

  private void store(HeadTensor rows, Nd4jBuffer store) {
    if (store.isFloat()) {
      storeFloats(rows, store);
      return;
    }
    for (int from = 0; from < rows.tokens(); from += STAGED_TOKENS) {
      int to = Math.min(rows.tokens(), from + STAGED_TOKENS);
      storeRounded(rows.tokens(from, to), store, length() + from);
    }
  }

  private void storeFloats(HeadTensor rows, Nd4jBuffer store) {
    int count = rows.tokens() * rows.dim();
    for (int head = 0; head < rows.heads(); head++) {
      long offset = ((long) head * spec().capacity() + length()) * rows.dim();
      store.put(offset, rows.data(), rows.row(head, 0), count);
    }
  }

  private void storeRounded(HeadTensor rows, Nd4jBuffer store, int position) {
    int dim = rows.dim();
    int count = rows.tokens() * dim;
    try (Nd4jBuffer staged = new Nd4jBuffer(DataType.FLOAT, (long) rows.heads() * count)) {
      for (int head = 0; head < rows.heads(); head++) {
        staged.put((long) head * count, rows.data(), rows.row(head, 0), count);
      }
      long capacityStride = (long) spec().capacity() * dim;
      store
          .planes((long) position * dim, rows.heads(), rows.tokens(), dim, capacityStride, dim)
          .assign(staged.planes(0, rows.heads(), rows.tokens(), dim, count, dim));
    }
  }

  private static DataType storageType(KvFormat format) {
    return storageTypeOf(format)
        .orElseThrow(() -> new IllegalArgumentException(unsupported(format).orElseThrow()));
  }

  private static Optional<DataType> storageTypeOf(KvFormat format) {
    if (!(format instanceof KvPrecision precision)) {
      return Optional.empty();
    }
    return switch (precision) {
      case F32 -> Optional.of(DataType.FLOAT);
      case F16 -> Optional.of(DataType.FLOAT16);
      case BF16 -> Optional.of(DataType.BFLOAT16);
      case FP8, INT8, INT4 -> Optional.empty();
    };
  }
}
