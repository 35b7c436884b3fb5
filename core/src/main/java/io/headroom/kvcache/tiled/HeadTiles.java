package io.headroom.kvcache.tiled;

import static io.headroom.kvcache.tiled.TileMatrix.ALIGNED_START;

import io.headroom.kvcache.HeapArrays;
import java.util.Optional;

/** The tiles of one KV head, or of its keys or values, in one array of one precision. */
abstract class HeadTiles {
  final TileLayout layout;

  /** Of the array, whose elements are ints or floats. */
  final int length;

  /**
   * @throws IllegalArgumentException if the tiles exceed a Java array
   */
  HeadTiles(TileLayout layout, long tiles) {
    long elements = elements(layout, tiles);
    Optional<String> tooLong = HeapArrays.tooLongForAHead(elements);
    if (tooLong.isPresent()) {
      throw new IllegalArgumentException(tooLong.get());
    }
    this.layout = layout;
    this.length = (int) elements;
  }

  /** Of the array that holds so many tiles. */
  static long elements(TileLayout layout, long tiles) {
    return ALIGNED_START + tiles * layout.elements();
  }

  final long bytes() {
    return (long) length * Integer.BYTES;
  }

  /** Shows what there is of a tile: keys, values, or both. */
  final void show(int tile, KvTile into) {
    int start = start(tile);
    if (layout.keyDim() > 0) {
      show(into.keys(), start + layout.keyScalesOffset(), start + layout.keysOffset());
      into.keys().columns = TileLayout.TILE;
    }
    if (layout.valueDim() > 0) {
      showValues(start, into);
    }
  }

  private void showValues(int start, KvTile into) {
    into.usePanels(layout.panels());
    for (int panel = 0; panel < layout.panels(); panel++) {
      TileMatrix values = into.values(panel);
      show(values, start + layout.panelScalesOffset(panel), start + layout.panelOffset(panel));
      values.columns = layout.panelColumns(panel);
    }
  }

  private void show(TileMatrix matrix, int scalesOffset, int offset) {
    matrix.precision = layout.precision();
    matrix.scalesOffset = scalesOffset;
    matrix.offset = offset;
    showArray(matrix);
  }

  abstract void showArray(TileMatrix matrix);

  /** Element where a tile begins. */
  final int start(int tile) {
    return ALIGNED_START + tile * layout.elements();
  }
}
