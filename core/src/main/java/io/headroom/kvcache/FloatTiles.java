package io.headroom.kvcache;

import static io.headroom.kvcache.TileLayout.TILE;

/** Tiles of float32. */
final class FloatTiles extends PositionTiles {
  private final float[] data;

  FloatTiles(TileLayout layout, long tiles) {
    super(layout);
    this.data = new float[arrayLength(layout, tiles)];
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

  @Override
  float key(int tile, int position, int channel) {
    return data[start(tile) + layout.keysOffset() + channel * TILE + position];
  }

  @Override
  float value(int tile, int position, int channel) {
    return data[row(tile, channel / TILE, position) + channel % TILE];
  }

  private int row(int tile, int panel, int position) {
    return start(tile) + layout.panelOffset(panel) + position * layout.panelColumns(panel);
  }

  @Override
  long bytes() {
    return (long) data.length * Float.BYTES;
  }

  @Override
  void show(TileMatrix matrix, int scalesOffset, int offset) {
    matrix.precision = KvPrecision.F32;
    matrix.floats = data;
    matrix.offset = offset;
  }

  float[] data() {
    return data;
  }
}
