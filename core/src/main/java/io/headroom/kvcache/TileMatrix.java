package io.headroom.kvcache;

/**
 * Where the rows of one tile's keys or values lie. Row {@code r}, column {@code c} is
 *
 * <ul>
 *   <li>F32: {@code floats[offset + r * stride + c]}
 *   <li>F16, BF16: of 32 columns the first 16 are the lower halves of 16 ints, the last 16 the
 *       upper halves, so that shifts and masks make float32 of them; column {@code c} is in {@code
 *       pairs[offset + r * stride + c / 32 * 16 + c % 16]}; {@code stride} is in ints, half the
 *       columns
 *   <li>INT8: {@code bytes[offset + r * stride + c]}, a signed code
 *   <li>INT4: of 64 columns the first 32 are the low nibbles of 32 bytes, unsigned codes; the last
 *       32 are the high nibbles, codes less 8 in two's complement, so that sign extension makes
 *       numbers of them; {@code stride} is in bytes, half the columns
 * </ul>
 *
 * <p>An integer code stands for {@code shift + scale * code}; columns {@code 64 g} to {@code 64 g +
 * 63} of row {@code r} share the bfloat16 numbers {@code scale = scales[scalesOffset + 2 * (r *
 * groups + g)]} and {@code shift}, the next one.
 *
 * <p>A cursor: reused from tile to tile, valid until the cache changes.
 */
public final class TileMatrix {
  /** In 16 bits, the distance of two columns that share an int. */
  public static final int PAIR_DISTANCE = 16;

  KvPrecision precision;
  float[] floats;
  int[] pairs;
  byte[] bytes;
  int offset;
  int stride;
  int columns;
  short[] scales;
  int scalesOffset;
  int groups;

  public KvPrecision precision() {
    return precision;
  }

  public float[] floats() {
    return floats;
  }

  /** Two numbers of 16 bits in each int. */
  public int[] pairs() {
    return pairs;
  }

  public byte[] bytes() {
    return bytes;
  }

  public int offset() {
    return offset;
  }

  /** Array elements from one row to the next. */
  public int stride() {
    return stride;
  }

  /** Columns of a row, padding included: a multiple of 16; of 32 in 16 bits, of 64 in INT4. */
  public int columns() {
    return columns;
  }

  public short[] scales() {
    return scales;
  }

  public int scalesOffset() {
    return scalesOffset;
  }

  /** Groups of 64 columns in a row, each with a scale and a shift of its own. */
  public int groups() {
    return groups;
  }

  /** Shows dense float32 rows instead, such as a tile that was converted once for many queries. */
  public void showFloats(float[] data, int columns) {
    this.precision = KvPrecision.F32;
    this.floats = data;
    this.offset = 0;
    this.stride = columns;
    this.columns = columns;
  }
}
