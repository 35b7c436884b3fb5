package io.headroom.kvcache.tiled;

import io.headroom.kvcache.KvPrecision;

/**
 * Where the numbers of a tile lie. A tile is one run of array elements, read from its first to its
 * last: the keys, transposed, a row of 64 positions for every channel; then the values in panels of
 * up to 64 channels, a row for every position. Hardware prefetchers follow such a run far better
 * than rows of keys and values in turn.
 *
 * <p>The integer precisions have, before the rows of the keys and of each panel, one int for every
 * row: its scale and shift.
 *
 * @param keyDim channels of a key; 0 where the keys are elsewhere, in another precision
 * @param valueDim channels of a value; 0 where the values are elsewhere
 */
record TileLayout(KvPrecision precision, int keyDim, int valueDim) {
  static final int TILE = KvPrecision.GROUP_SIZE;

  /** Array elements of a tile. */
  int elements() {
    if (valueDim == 0) {
      return keysOffset() + elements(keyRows(), TILE);
    }
    return panelOffset(panels() - 1) + elements(TILE, panelColumns(panels() - 1));
  }

  /** Where the scales of the keys begin. */
  int keyScalesOffset() {
    return 0;
  }

  /** Where the first key row begins. */
  int keysOffset() {
    return precision.isQuantised() ? keyRows() : 0;
  }

  /** Where the scales of a panel begin. */
  int panelScalesOffset(int panel) {
    return keysOffset()
        + elements(keyRows(), TILE)
        + panel * (panelScales() + elements(TILE, TILE));
  }

  /** Where the first row of a panel begins. */
  int panelOffset(int panel) {
    return panelScalesOffset(panel) + panelScales();
  }

  private int panelScales() {
    return precision.isQuantised() ? TILE : 0;
  }

  int panels() {
    return (valueDim + TILE - 1) / TILE;
  }

  /** Columns of a panel, padding included. */
  int panelColumns(int panel) {
    int channels = Math.min(TILE, valueDim - panel * TILE);
    int multiple =
        switch (precision) {
          case F32 -> TileMatrix.COLUMN_DISTANCE;
          case F16, BF16 -> 2 * TileMatrix.COLUMN_DISTANCE;
          case FP8, INT8, INT4 -> TILE;
        };
    return (channels + multiple - 1) / multiple * multiple;
  }

  /** Columns of all panels, padding included. */
  int valueColumns() {
    return (panels() - 1) * TILE + panelColumns(panels() - 1);
  }

  /** Rows of the keys: two share their ints in int4. */
  private int keyRows() {
    return precision == KvPrecision.INT4 ? keyDim + keyDim % 2 : keyDim;
  }

  private int elements(int rows, int columns) {
    return rows * columns * precision.bits() / Float.SIZE;
  }
}
