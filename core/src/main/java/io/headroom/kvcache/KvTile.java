package io.headroom.kvcache;

/**
 * One tile of one KV head: up to {@link TiledKvCache#TILE} consecutive positions. A cursor that
 * {@link TiledKvCache#tile} fills; valid until the cache changes.
 */
public final class KvTile {
  int firstPosition;
  int length;
  private final TileMatrix keys = new TileMatrix();
  private final TileMatrix values = new TileMatrix();

  public int firstPosition() {
    return firstPosition;
  }

  /** Positions held, 1 to 64; what lies behind them is undefined. */
  public int length() {
    return length;
  }

  /** Keys, transposed: {@code [keyDim, 64]}. */
  public TileMatrix keys() {
    return keys;
  }

  /** Values: {@code [64, valueDim]}, columns padded. */
  public TileMatrix values() {
    return values;
  }
}
