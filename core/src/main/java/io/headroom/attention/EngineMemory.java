package io.headroom.attention;

/**
 * Memory that something takes at most.
 *
 * @param heapBytes on the Java heap
 * @param nativeBytes outside it
 */
public record EngineMemory(long heapBytes, long nativeBytes) {
  public static final EngineMemory NONE = new EngineMemory(0, 0);

  public EngineMemory plus(EngineMemory other) {
    return new EngineMemory(heapBytes + other.heapBytes, nativeBytes + other.nativeBytes);
  }

  /** Of so many alike. */
  public EngineMemory times(int count) {
    return new EngineMemory(heapBytes * count, nativeBytes * count);
  }

  /** Enough for either. */
  public EngineMemory or(EngineMemory other) {
    return new EngineMemory(
        Math.max(heapBytes, other.heapBytes), Math.max(nativeBytes, other.nativeBytes));
  }
}
