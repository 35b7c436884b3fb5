package io.headroom.kvcache.tiled;

import static io.headroom.kvcache.tiled.TileLayout.TILE;

/** Tiles of float32. */
final class FloatTiles extends PositionTiles {
  private final float[] data;

  FloatTiles(TileLayout layout, long tiles) {
    super(layout, tiles);
    this.data = new float[length];
  }

  @Override
  void putKeys(int tile, int position, int count, float[] source, int from, int distance) {
    int index = start(tile) + layout.keysOffset() + position;
    // Channel by channel: what is written lies together.
    for (int channel = 0; channel < layout.keyDim(); channel++) {
      int to = index + channel * TILE;
      int number = from + channel;
      for (int i = 0; i < count; i++) {
        data[to + i] = source[number];
        number += distance;
      }
    }
  }

  @Override
  void putValue(int tile, int position, float[] source, int from) {
    for (int panel = 0; panel < layout.panels(); panel++) {
      int channels = Math.min(TILE, layout.valueDim() - panel * TILE);
      System.arraycopy(source, from + panel * TILE, data, row(tile, panel, position), channels);
    }
  }

  private int row(int tile, int panel, int position) {
    return start(tile) + layout.panelOffset(panel) + position * layout.panelColumns(panel);
  }

  @Override
  void showArray(TileMatrix matrix) {
    matrix.floats = data;
  }

  float[] data() {
    return data;
  }
}
