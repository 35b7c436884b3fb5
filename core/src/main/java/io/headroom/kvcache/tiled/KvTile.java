package io.headroom.kvcache.tiled;

import java.util.Arrays;

/**
 * One tile of one KV head: up to {@link TiledKvCache#TILE} consecutive positions. A cursor that
 * {@link TiledKvCache#tile} fills; valid until the cache changes.
 */
public final class KvTile {
  int firstPosition;
  int length;
  private final TileMatrix keys = new TileMatrix();
  private TileMatrix[] values = {new TileMatrix(), new TileMatrix()};
  private int panels;

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

  /** Panels of values. */
  public int panels() {
    return panels;
  }

  /** Values of channels {@code 64 panel} to {@code 64 panel + 63}: {@code [64, columns]}. */
  public TileMatrix values(int panel) {
    return values[panel];
  }

  float key(int position, int channel) {
    return keys.number(channel, position);
  }

  float value(int position, int channel) {
    return values[channel / TiledKvCache.TILE].number(position, channel % TiledKvCache.TILE);
  }

  void readKey(int position, int channels, float[] into) {
    for (int channel = 0; channel < channels; channel++) {
      into[channel] = key(position, channel);
    }
  }

  void readValue(int position, int channels, float[] into) {
    for (int channel = 0; channel < channels; channel++) {
      into[channel] = value(position, channel);
    }
  }

  void usePanels(int count) {
    panels = count;
    int before = values.length;
    if (before < count) {
      values = Arrays.copyOf(values, count);
      Arrays.setAll(values, i -> i < before ? values[i] : new TileMatrix());
    }
  }
}
