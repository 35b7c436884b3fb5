package io.headroom.kvcache;

/**
 * Where the rows of one tile's keys or values lie. Row {@code r}, column {@code c} is
 *
 * <ul>
 *   <li>F32: {@code floats[offset + r * stride + c]}
 *   <li>F16, BF16: {@code shorts[offset + r * stride + c]}
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
  KvPrecision precision;
  float[] floats;
  short[] shorts;
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

  public short[] shorts() {
    return shorts;
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

  /** Columns of a row, padding included: a multiple of 16. */
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
