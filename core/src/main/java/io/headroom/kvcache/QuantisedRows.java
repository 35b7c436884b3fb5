package io.headroom.kvcache;

import static io.headroom.kvcache.KvPrecision.GROUP_SIZE;

import java.util.Arrays;

/**
 * Rows of int8 or int4 codes with a bfloat16 scale and shift for every 64 columns; see {@link
 * TileMatrix} for the layout.
 *
 * <p>The range of a group is rounded outward to what bfloat16 scales and shifts can express, so
 * that no number is clipped: a stored number is off by at most half a scale, and by the rounding of
 * {@code shift + scale * code} in float32.
 */
final class QuantisedRows extends TileRows {
  /** Larger numbers could overflow while they are restored. */
  static final float LARGEST = 0x1p126f;

  private static final int HALF_GROUP = GROUP_SIZE / 2;

  private final KvPrecision precision;
  private final int groups;
  private final int stride;
  private final byte[] codes;
  private final short[] scales;

  QuantisedRows(KvPrecision precision, long rows, int columns) {
    super(columns);
    this.precision = precision;
    this.groups = (columns + GROUP_SIZE - 1) / GROUP_SIZE;
    this.stride = precision == KvPrecision.INT4 ? columns / 2 : columns;
    this.codes = new byte[arrayLength(rows * stride)];
    this.scales = new short[arrayLength(rows * groups * 2)];
  }

  @Override
  void putRow(int row, float[] source, int from, int count) {
    for (int group = 0; group * GROUP_SIZE < count; group++) {
      int start = group * GROUP_SIZE;
      int size = Math.min(GROUP_SIZE, count - start);
      if (precision == KvPrecision.INT8) {
        putInt8(row, group, source, from + start, size);
      } else {
        putInt4(row, group, source, from + start, size);
      }
    }
  }

  private void putInt8(int row, int group, float[] source, int from, int size) {
    float least = least(source, from, size);
    float greatest = greatest(source, from, size);
    short shiftBits = Bfloat16.fromFloat(least / 2 + greatest / 2);
    double shift = Bfloat16.toFloat(shiftBits);
    double above = (greatest - shift) / Byte.MAX_VALUE;
    double below = (least - shift) / Byte.MIN_VALUE;
    short scaleBits = Bfloat16.ceiling(Math.max(above, below));
    putScale(row, group, scaleBits, shiftBits);
    double perScale = reciprocal(scaleBits);
    int index = row * stride + group * GROUP_SIZE;
    for (int i = 0; i < size; i++) {
      codes[index + i] = (byte) Math.rint((source[from + i] - shift) * perScale);
    }
  }

  private void putInt4(int row, int group, float[] source, int from, int size) {
    short shiftBits = Bfloat16.floor(least(source, from, size));
    double shift = Bfloat16.toFloat(shiftBits);
    short scaleBits = Bfloat16.ceiling((greatest(source, from, size) - shift) / 15);
    putScale(row, group, scaleBits, shiftBits);
    double perScale = reciprocal(scaleBits);
    int index = row * stride + group * HALF_GROUP;
    Arrays.fill(codes, index, index + HALF_GROUP, (byte) 0);
    for (int i = 0; i < size; i++) {
      int code = (int) Math.rint((source[from + i] - shift) * perScale);
      codes[index + i % HALF_GROUP] |= (byte) (i < HALF_GROUP ? code : code - 8 << 4);
    }
  }

  private void putScale(int row, int group, short scale, short shift) {
    int index = 2 * (row * groups + group);
    scales[index] = scale;
    scales[index + 1] = shift;
  }

  /** All numbers of a group with scale 0 equal its shift: their code is 0. */
  private static double reciprocal(short scaleBits) {
    return scaleBits == 0 ? 0 : 1.0 / Bfloat16.toFloat(scaleBits);
  }

  private static float least(float[] source, int from, int size) {
    float least = source[from];
    for (int i = 1; i < size; i++) {
      least = Math.min(least, source[from + i]);
    }
    return least;
  }

  private static float greatest(float[] source, int from, int size) {
    float greatest = source[from];
    for (int i = 1; i < size; i++) {
      greatest = Math.max(greatest, source[from + i]);
    }
    return greatest;
  }

  @Override
  void putColumn(int row, int column, float[] source, int from, int count) {
    throw new UnsupportedOperationException("groups lie along rows");
  }

  @Override
  float get(int row, int column) {
    int group = column / GROUP_SIZE;
    int index = 2 * (row * groups + group);
    return Bfloat16.toFloat(scales[index + 1])
        + Bfloat16.toFloat(scales[index]) * code(row, group, column % GROUP_SIZE);
  }

  private int code(int row, int group, int column) {
    if (precision == KvPrecision.INT8) {
      return codes[row * stride + group * GROUP_SIZE + column];
    }
    int pair = codes[row * stride + group * HALF_GROUP + column % HALF_GROUP];
    return column < HALF_GROUP ? pair & 15 : (pair >> 4) + 8;
  }

  /** The scale that a stored number was rounded with. */
  float scale(int row, int column) {
    return Bfloat16.toFloat(scales[2 * (row * groups + column / GROUP_SIZE)]);
  }

  @Override
  long bytes() {
    return codes.length + (long) scales.length * Short.BYTES;
  }

  @Override
  void show(int firstRow, TileMatrix matrix) {
    matrix.precision = precision;
    matrix.bytes = codes;
    matrix.offset = firstRow * stride;
    matrix.stride = stride;
    matrix.columns = columns;
    matrix.scales = scales;
    matrix.scalesOffset = firstRow * groups * 2;
    matrix.groups = groups;
  }
}
