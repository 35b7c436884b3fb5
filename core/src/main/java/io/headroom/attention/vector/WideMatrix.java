package io.headroom.attention.vector;

import io.headroom.kvcache.tiled.TileMatrix;

/** Scratch memory for the keys or values of one tile, converted to float32. */
final class WideMatrix {
  private final TileMatrix matrix = new TileMatrix();
  private float[] data = {};

  TileMatrix convert(Kernels kernels, TileMatrix stored, int rows) {
    int length = rows * stored.columns();
    if (data.length < ScratchMemory.START + length) {
      data = ScratchMemory.allocate(length);
    }
    kernels.widen(stored, rows, data, ScratchMemory.START);
    matrix.showFloats(data, ScratchMemory.START, stored.columns());
    return matrix;
  }
}
