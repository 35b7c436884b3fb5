package io.headroom.attention.vector;

import io.headroom.kvcache.HeapArrays;
import io.headroom.kvcache.tiled.TileMatrix;

/**
 * Float arrays whose element {@link #START} lies where a cache line begins, if the collector is G1:
 * it puts arrays of more than half a region at a region's start. Elsewhere they are ordinary
 * arrays.
 */
final class ScratchMemory {
  static final int START = TileMatrix.ALIGNED_START;

  private static final int LEAST_LENGTH = leastLength();

  private ScratchMemory() {}

  /** An array with room for so many numbers from {@link #START} on. */
  static float[] allocate(int length) {
    return new float[Math.max(Math.addExact(START, length), LEAST_LENGTH)];
  }

  /** Bytes of heap that an array with room for so many numbers takes. */
  static long heapBytes(long length) {
    return HeapArrays.bytes(Math.max(START + length, LEAST_LENGTH), Float.BYTES);
  }

  /** With its header, more than half a region. */
  private static int leastLength() {
    boolean g1 = Boolean.parseBoolean(KernelsLadder.vmOption("UseG1GC", "false"));
    long regionBytes = g1 ? Long.parseLong(KernelsLadder.vmOption("G1HeapRegionSize", "0")) : 0;
    return Math.toIntExact(regionBytes / 2 / Float.BYTES);
  }
}
