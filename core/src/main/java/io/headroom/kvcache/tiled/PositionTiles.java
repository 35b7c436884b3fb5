package io.headroom.kvcache.tiled;

import io.headroom.kvcache.HeadTensor;

/** Tiles that take positions one by one, in a precision that converts every number by itself. */
abstract class PositionTiles extends HeadTiles {
  PositionTiles(TileLayout layout, long tiles) {
    super(layout, tiles);
  }

  static PositionTiles of(TileLayout layout, long tiles) {
    return switch (layout.precision()) {
      case F32 -> new FloatTiles(layout, tiles);
      case F16, BF16 -> new HalfTiles(layout, tiles);
      case FP8 -> new Float8Tiles(layout, tiles);
      case INT8, INT4 ->
          throw new IllegalArgumentException(layout.precision() + " is stored tile by tile");
    };
  }

  /**
   * Stores positions of one tile.
   *
   * @param position of the tile, where the first goes
   * @param keys their first key is {@code head}'s at {@code token}; as for the values
   */
  final void put(
      int tile, int position, int count, HeadTensor keys, HeadTensor values, int head, int token) {
    putKeys(tile, position, count, keys.data(), keys.row(head, token), keys.dim());
    for (int i = 0; i < count; i++) {
      putValue(tile, position + i, values.data(), values.row(head, token + i));
    }
  }

  /**
   * Stores the keys of positions of one tile.
   *
   * @param distance from one key to the next in {@code source}
   */
  abstract void putKeys(int tile, int position, int count, float[] source, int from, int distance);

  abstract void putValue(int tile, int position, float[] source, int from);
}
