package io.headroom.kvcache;

import static io.headroom.kvcache.TileLayout.TILE;
import static io.headroom.kvcache.TileMatrix.COLUMN_DISTANCE;

import java.util.Arrays;

/**
 * Tiles of int8 or int4 codes with a bfloat16 scale and shift for every row of 64 numbers; see
 * {@link TileMatrix} for the layout.
 *
 * <p>The range of a row is rounded outward to what bfloat16 scales and shifts can express, so that
 * no number is clipped: a stored number is off by at most half a scale, and by the rounding of
 * {@code shift + scale * code} in float32.
 */
final class QuantisedTiles extends HeadTiles {
  /** Larger numbers could overflow where kernels multiply before they scale. */
  static final float LARGEST = 0x1p96f;

  private final int[] words;
  private final boolean int8;
  private final int greatestCode;

  QuantisedTiles(TileLayout layout, long tiles) {
    super(layout);
    this.words = new int[arrayLength(layout, tiles)];
    this.int8 = layout.precision() == KvPrecision.INT8;
    this.greatestCode = int8 ? 255 : 15;
  }

  /** Stores a whole tile. */
  void quantise(int tile, FloatTiles from) {
    int start = start(tile);
    Arrays.fill(words, start, start + layout.elements(), 0);
    int scales = start + layout.keyScalesOffset();
    int rows = start + layout.keysOffset();
    for (int channel = 0; channel < layout.keyDim(); channel++) {
      int source = from.start(0) + from.layout.keysOffset() + channel * TILE;
      putRow(scales, rows, channel, from.data(), source, TILE);
    }
    for (int panel = 0; panel < layout.panels(); panel++) {
      int panelScales = start + layout.panelScalesOffset(panel);
      int panelRows = start + layout.panelOffset(panel);
      int channels = Math.min(TILE, layout.valueDim() - panel * TILE);
      for (int position = 0; position < TILE; position++) {
        int source =
            from.start(0)
                + from.layout.panelOffset(panel)
                + position * from.layout.panelColumns(panel);
        putRow(panelScales, panelRows, position, from.data(), source, channels);
      }
    }
  }

  private void putRow(int scales, int rows, int row, float[] source, int from, int count) {
    float least = source[from];
    float greatest = source[from];
    for (int i = from + 1; i < from + count; i++) {
      least = Math.min(least, source[i]);
      greatest = Math.max(greatest, source[i]);
    }
    short shiftBits = Bfloat16.floor(least);
    double shift = Bfloat16.toFloat(shiftBits);
    short scaleBits = Bfloat16.ceiling((greatest - shift) / greatestCode);
    words[scales + row] = shiftBits << Short.SIZE | scaleBits & 0xFFFF;
    // All numbers of a row with scale 0 equal its shift: their code is 0.
    double perScale = scaleBits == 0 ? 0 : 1.0 / Bfloat16.toFloat(scaleBits);
    for (int column = 0; column < count; column++) {
      int code = (int) Math.rint((source[from + column] - shift) * perScale);
      words[word(rows, row, column)] |= code << bit(row, column);
    }
  }

  private int word(int rows, int row, int column) {
    return rows + (int8 ? row : row / 2) * COLUMN_DISTANCE + column % COLUMN_DISTANCE;
  }

  private int bit(int row, int column) {
    int inRow = column / COLUMN_DISTANCE;
    return int8 ? inRow * Byte.SIZE : (row % 2 * 4 + inRow) * 4;
  }

  @Override
  float key(int tile, int position, int channel) {
    int start = start(tile);
    return number(start + layout.keyScalesOffset(), start + layout.keysOffset(), channel, position);
  }

  @Override
  float value(int tile, int position, int channel) {
    int start = start(tile);
    int panel = channel / TILE;
    return number(
        start + layout.panelScalesOffset(panel),
        start + layout.panelOffset(panel),
        position,
        channel % TILE);
  }

  private float number(int scales, int rows, int row, int column) {
    int code = words[word(rows, row, column)] >>> bit(row, column) & greatestCode;
    return TileMatrix.shift(words[scales + row]) + TileMatrix.scale(words[scales + row]) * code;
  }

  /** The scale that the numbers of a key channel were rounded with. */
  float keyScale(int tile, int channel) {
    return TileMatrix.scale(words[start(tile) + layout.keyScalesOffset() + channel]);
  }

  @Override
  long bytes() {
    return (long) words.length * Integer.BYTES;
  }

  @Override
  void show(TileMatrix matrix, int scalesOffset, int offset) {
    matrix.precision = layout.precision();
    matrix.words = words;
    matrix.scalesOffset = scalesOffset;
    matrix.offset = offset;
  }
}
