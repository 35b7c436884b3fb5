package io.headroom.kvcache;

import static io.headroom.kvcache.TileLayout.TILE;

/** Tiles of float32. */
final class FloatTiles extends PositionTiles {
  private final float[] data;

  FloatTiles(TileLayout layout, long tiles) {
    super(layout, tiles);
    this.data = new float[length];
  }

  @Override
  void putKey(int tile, int position, float[] source, int from) {
    int index = start(tile) + layout.keysOffset() + position;
    int channels = layout.keyDim();
    for (int channel = 0; channel < channels; channel++) {
      data[index + channel * TILE] = source[from + channel];
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
