package io.headroom.verify;

import io.headroom.kvcache.tiled.TiledKvCache;

/** What engines take for the f32 cache of one sequence and one layer. */
final class CacheMemory {
  private CacheMemory() {}

  /** Bytes at most, for tokens and channels are padded to whole tiles. */
  static double bytes(int kvHeads, int tokens, int keyDim, int valueDim) {
    double padded = (double) roundUp(tokens) * (roundUp(keyDim) + roundUp(valueDim));
    return Float.BYTES * kvHeads * padded;
  }

  private static long roundUp(int number) {
    return ((long) number + TiledKvCache.TILE - 1) / TiledKvCache.TILE * TiledKvCache.TILE;
  }
}
