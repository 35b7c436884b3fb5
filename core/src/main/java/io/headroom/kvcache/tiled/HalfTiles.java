package io.headroom.kvcache.tiled;

import static io.headroom.kvcache.tiled.TileLayout.TILE;

import io.headroom.kvcache.Bfloat16;
import io.headroom.kvcache.Float16;
import io.headroom.kvcache.KvPrecision;

/** Tiles of float16 or bfloat16, two numbers in an int; see {@link TileMatrix} for the layout. */
final class HalfTiles extends PositionTiles {
  private static final int LOWER_HALF = 0xFFFF;

  private final int[] words;

  HalfTiles(TileLayout layout, long tiles) {
    super(layout, tiles);
    this.words = new int[length];
  }

  @Override
  void putKeys(int tile, int position, int count, float[] source, int from, int distance) {
    for (int i = 0; i < count; i++) {
      putKey(tile, position + i, source, from + i * distance);
    }
  }

  private void putKey(int tile, int position, float[] source, int from) {
    int index = start(tile) + layout.keysOffset() + TileMatrix.halfWord(position);
    int shift = TileMatrix.halfBit(position);
    for (int channel = 0; channel < layout.keyDim(); channel++) {
      put(index, shift, source[from + channel]);
      index += TILE / 2;
    }
  }

  @Override
  void putValue(int tile, int position, float[] source, int from) {
    for (int panel = 0; panel < layout.panels(); panel++) {
      int row = row(tile, panel, position);
      int channels = Math.min(TILE, layout.valueDim() - panel * TILE);
      for (int column = 0; column < channels; column++) {
        int number = from + panel * TILE + column;
        put(row + TileMatrix.halfWord(column), TileMatrix.halfBit(column), source[number]);
      }
    }
  }

  private void put(int index, int shift, float number) {
    int bits =
        layout.precision() == KvPrecision.BF16
            ? Bfloat16.fromFloat(number)
            : Float16.fromFloat(number);
    words[index] = (words[index] & ~(LOWER_HALF << shift)) | ((bits & LOWER_HALF) << shift);
  }

  private int row(int tile, int panel, int position) {
    return start(tile) + layout.panelOffset(panel) + position * layout.panelColumns(panel) / 2;
  }

  @Override
  void showArray(TileMatrix matrix) {
    matrix.words = words;
  }
}
