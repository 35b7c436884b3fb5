package io.headroom.kvcache.tiled;

import static io.headroom.kvcache.tiled.TileLayout.TILE;

import io.headroom.kvcache.Bfloat16;
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
  private final int greatestCode;

  QuantisedTiles(TileLayout layout, long tiles) {
    super(layout, tiles);
    this.words = new int[length];
    this.greatestCode = (1 << layout.precision().bits()) - 1;
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
    words[scales + row] = (shiftBits << Short.SIZE) | (scaleBits & 0xFFFF);
    // All numbers of a row with scale 0 equal its shift: their code is 0.
    double perScale = scaleBits == 0 ? 0 : 1.0 / Bfloat16.toFloat(scaleBits);
    for (int column = 0; column < count; column++) {
      int code = (int) Math.rint((source[from + column] - shift) * perScale);
      int word = rows + TileMatrix.codeWord(layout.precision(), row, column);
      words[word] |= code << TileMatrix.codeBit(layout.precision(), row, column);
    }
  }

  @Override
  void showArray(TileMatrix matrix) {
    matrix.words = words;
  }
}
