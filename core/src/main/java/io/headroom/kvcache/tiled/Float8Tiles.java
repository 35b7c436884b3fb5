package io.headroom.kvcache.tiled;

import static io.headroom.kvcache.tiled.TileLayout.TILE;

import io.headroom.kvcache.Float8;
import io.headroom.kvcache.KvPrecision;

/** Tiles of e4m3, four numbers in an int; see {@link TileMatrix} for the layout. */
final class Float8Tiles extends PositionTiles {
  private static final int LOWER_BYTE = 0xFF;

  private final int[] words;

  Float8Tiles(TileLayout layout, long tiles) {
    super(layout, tiles);
    this.words = new int[length];
  }

  @Override
  void putKeys(int tile, int position, int count, float[] source, int from, int distance) {
    int rows = start(tile) + layout.keysOffset();
    for (int i = 0; i < count; i++) {
      for (int channel = 0; channel < layout.keyDim(); channel++) {
        put(rows, channel, position + i, source[from + i * distance + channel]);
      }
    }
  }

  @Override
  void putValue(int tile, int position, float[] source, int from) {
    for (int panel = 0; panel < layout.panels(); panel++) {
      int rows = start(tile) + layout.panelOffset(panel);
      int channels = Math.min(TILE, layout.valueDim() - panel * TILE);
      for (int column = 0; column < channels; column++) {
        put(rows, position, column, source[from + panel * TILE + column]);
      }
    }
  }

  private void put(int rows, int row, int column, float number) {
    int word = rows + TileMatrix.codeWord(KvPrecision.FP8, row, column);
    int shift = TileMatrix.codeBit(KvPrecision.FP8, row, column);
    int bits = Float8.fromFloat(number) & LOWER_BYTE;
    words[word] = (words[word] & ~(LOWER_BYTE << shift)) | (bits << shift);
  }

  @Override
  void showArray(TileMatrix matrix) {
    matrix.words = words;
  }
}
