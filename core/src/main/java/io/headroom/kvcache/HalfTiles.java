package io.headroom.kvcache;

import static io.headroom.kvcache.TileLayout.TILE;
import static io.headroom.kvcache.TileMatrix.COLUMN_DISTANCE;

/** Tiles of float16 or bfloat16, two numbers in an int; see {@link TileMatrix} for the layout. */
final class HalfTiles extends PositionTiles {
  private static final int LOWER_HALF = 0xFFFF;

  private final int[] words;

  HalfTiles(TileLayout layout, long tiles) {
    super(layout);
    this.words = new int[arrayLength(layout, tiles)];
  }

  @Override
  void putKey(int tile, int position, float[] source, int from) {
    int index = start(tile) + layout.keysOffset() + word(position);
    int shift = shift(position);
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
        put(row + word(column), shift(column), source[from + panel * TILE + column]);
      }
    }
  }

  private void put(int index, int shift, float number) {
    int bits =
        layout.precision() == KvPrecision.BF16
            ? Bfloat16.fromFloat(number)
            : Float16.fromFloat(number);
    words[index] = words[index] & ~(LOWER_HALF << shift) | (bits & LOWER_HALF) << shift;
  }

  @Override
  float key(int tile, int position, int channel) {
    return number(start(tile) + layout.keysOffset() + channel * TILE / 2, position);
  }

  @Override
  float value(int tile, int position, int channel) {
    return number(row(tile, channel / TILE, position), channel % TILE);
  }

  private float number(int row, int column) {
    short bits = (short) (words[row + word(column)] >> shift(column));
    return layout.precision() == KvPrecision.BF16 ? Bfloat16.toFloat(bits) : Float16.toFloat(bits);
  }

  private int row(int tile, int panel, int position) {
    return start(tile) + layout.panelOffset(panel) + position * layout.panelColumns(panel) / 2;
  }

  private static int word(int column) {
    return column / (2 * COLUMN_DISTANCE) * COLUMN_DISTANCE + column % COLUMN_DISTANCE;
  }

  private static int shift(int column) {
    return column % (2 * COLUMN_DISTANCE) < COLUMN_DISTANCE ? 0 : Short.SIZE;
  }

  @Override
  long bytes() {
    return (long) words.length * Integer.BYTES;
  }

  @Override
  void show(TileMatrix matrix, int scalesOffset, int offset) {
    matrix.precision = layout.precision();
    matrix.words = words;
    matrix.offset = offset;
  }
}
