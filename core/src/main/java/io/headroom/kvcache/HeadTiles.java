package io.headroom.kvcache;

/** The tiles of one KV head, in one array of one precision. */
abstract class HeadTiles {
  /**
   * Elements before the first tile. G1 puts arrays of more than half a region at a region's start;
   * behind the 16 bytes of their header and 48 more, rows begin where cache lines do, and vectors
   * of 512 bits do not cross two.
   */
  private static final int ALIGNMENT = 12;

  final TileLayout layout;

  HeadTiles(TileLayout layout) {
    this.layout = layout;
  }

  abstract float key(int tile, int position, int channel);

  abstract float value(int tile, int position, int channel);

  abstract long bytes();

  final void show(int tile, KvTile into) {
    int start = start(tile);
    show(into.keys(), start + layout.keyScalesOffset(), start + layout.keysOffset());
    into.keys().columns = TileLayout.TILE;
    into.usePanels(layout.panels());
    for (int panel = 0; panel < layout.panels(); panel++) {
      TileMatrix values = into.values(panel);
      show(values, start + layout.panelScalesOffset(panel), start + layout.panelOffset(panel));
      values.columns = layout.panelColumns(panel);
    }
  }

  abstract void show(TileMatrix matrix, int scalesOffset, int offset);

  /** Element where a tile begins. */
  final int start(int tile) {
    return ALIGNMENT + tile * layout.elements();
  }

  static int arrayLength(TileLayout layout, long tiles) {
    long elements = ALIGNMENT + tiles * layout.elements();
    int longest = Integer.MAX_VALUE - 8;
    if (elements > longest) {
      throw new IllegalArgumentException(
          "one KV head needs an array of %d elements, more than %d".formatted(elements, longest));
    }
    return (int) elements;
  }
}
