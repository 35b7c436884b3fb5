package io.headroom.kvcache.tiled;

import io.headroom.kvcache.Bfloat16;
import io.headroom.kvcache.Float16;
import io.headroom.kvcache.Float8;
import io.headroom.kvcache.KvPrecision;

/**
 * Rows of up to 64 numbers, one after the other in an array: the keys of a tile or a panel of its
 * values. Column {@code c} of row {@code r} is
 *
 * <ul>
 *   <li>F32: {@code floats[offset + r * columns + c]}
 *   <li>F16, BF16: in {@code words[offset + r * columns / 2 + c / 32 * 16 + c % 16]}, the lower
 *       half for the first 16 of 32 columns, the upper half for the last
 *   <li>FP8: byte {@code c / 16} of {@code words[offset + r * 16 + c % 16]}
 *   <li>INT8: byte {@code c / 16} of {@code words[offset + r * 16 + c % 16]}, a code of 0 to 255
 *   <li>INT4: in {@code words[offset + r / 2 * 16 + c % 16]}, whose lower half has an even row and
 *       whose upper half the odd row after it: nibble {@code c / 16}, a code of 0 to 15
 * </ul>
 *
 * <p>So a vector of ints holds columns that are neighbours, and shifts and masks make float32 of
 * them. An integer code stands for {@code shift + scale * code}; the bfloat16 numbers {@code scale}
 * and {@code shift} of row {@code r} are the lower and the upper half of {@code words[scalesOffset
 * + r]}.
 *
 * <p>A cursor: reused from tile to tile, valid until the cache changes.
 */
public final class TileMatrix {
  /** The distance of two columns that share an int. */
  public static final int COLUMN_DISTANCE = 16;

  /**
   * An element that lies where a cache line begins, in an array that the collector put where one
   * begins: behind 16 bytes of header and 48 more. G1 does so with arrays of more than half a
   * region, and vectors of 512 bits then never cross two lines.
   */
  public static final int ALIGNED_START = 12;

  KvPrecision precision;
  float[] floats;
  int[] words;
  int offset;
  int scalesOffset;
  int columns;

  public KvPrecision precision() {
    return precision;
  }

  /** The array of F32. */
  public float[] floats() {
    return floats;
  }

  /** The array of every other precision. */
  public int[] words() {
    return words;
  }

  public int offset() {
    return offset;
  }

  /** Where the scales and shifts of INT8 and INT4 begin. */
  public int scalesOffset() {
    return scalesOffset;
  }

  /** Columns of a row, padding included: a multiple of 16, of 32 in 16 bits; 64 in fewer. */
  public int columns() {
    return columns;
  }

  /** The scale in an int that holds scale and shift. */
  public static float scale(int word) {
    return Bfloat16.toFloat((short) word);
  }

  /** The shift in an int that holds scale and shift. */
  public static float shift(int word) {
    return Bfloat16.toFloat((short) (word >> Short.SIZE));
  }

  /** One number as it is stored, converted. */
  public float number(int row, int column) {
    return switch (precision) {
      case F32 -> floats[offset + row * columns + column];
      case F16 -> Float16.toFloat(half(row, column));
      case BF16 -> Bfloat16.toFloat(half(row, column));
      case FP8 -> Float8.toFloat((byte) code(row, column));
      case INT8, INT4 -> {
        int scaleAndShift = words[scalesOffset + row];
        yield shift(scaleAndShift) + scale(scaleAndShift) * code(row, column);
      }
    };
  }

  private short half(int row, int column) {
    return (short) (words[offset + row * columns / 2 + halfWord(column)] >> halfBit(column));
  }

  private int code(int row, int column) {
    int word = words[offset + codeWord(precision, row, column)];
    return word >>> codeBit(precision, row, column) & (1 << precision.bits()) - 1;
  }

  /** In 16 bits, the word of a row that holds a column. */
  static int halfWord(int column) {
    return column / (2 * COLUMN_DISTANCE) * COLUMN_DISTANCE + column % COLUMN_DISTANCE;
  }

  /** In 16 bits, where in its word a column begins. */
  static int halfBit(int column) {
    return column % (2 * COLUMN_DISTANCE) < COLUMN_DISTANCE ? 0 : Short.SIZE;
  }

  /** Of codes of 8 or 4 bits, the word that holds one, from the first row on. */
  static int codeWord(KvPrecision precision, int row, int column) {
    int wordRow = precision == KvPrecision.INT4 ? row / 2 : row;
    return wordRow * COLUMN_DISTANCE + column % COLUMN_DISTANCE;
  }

  /** Of codes of 8 or 4 bits, where in its word one begins. */
  static int codeBit(KvPrecision precision, int row, int column) {
    int first = precision == KvPrecision.INT4 ? row % 2 * Short.SIZE : 0;
    return first + column / COLUMN_DISTANCE * precision.bits();
  }

  /** Shows float32 rows instead, such as a tile that was converted once for many queries. */
  public void showFloats(float[] data, int offset, int columns) {
    this.precision = KvPrecision.F32;
    this.floats = data;
    this.offset = offset;
    this.columns = columns;
  }
}
