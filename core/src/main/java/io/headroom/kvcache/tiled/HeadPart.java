package io.headroom.kvcache.tiled;

import static io.headroom.kvcache.tiled.TileLayout.TILE;

import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.HeapArrays;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvEncoding;
import io.headroom.kvcache.KvPrecision;
import java.util.List;
import java.util.Optional;

/**
 * What one KV head keeps in one precision: keys and values in one run of tiles where both have the
 * same, otherwise only the keys or only the values.
 */
final class HeadPart {
  private final TileLayout layout;

  /** Where new positions go. In the integer precisions the incomplete last tile. */
  private final PositionTiles open;

  /** The complete tiles of the integer precisions; empty for the others. */
  private final Optional<QuantisedTiles> quantised;

  /**
   * @throws IllegalArgumentException if the tiles exceed a Java array
   */
  HeadPart(TileLayout layout, long tiles) {
    this.layout = layout;
    boolean isQuantised = layout.precision().isQuantised();
    this.quantised =
        isQuantised ? Optional.of(new QuantisedTiles(layout, tiles)) : Optional.empty();
    this.open =
        isQuantised ? new FloatTiles(openLayout(layout), 1) : PositionTiles.of(layout, tiles);
  }

  /**
   * The layouts of a head's parts: one or two.
   *
   * @throws IllegalArgumentException if tiles cannot keep its format
   */
  static List<TileLayout> layouts(KvCacheSpec spec) {
    KvPrecision keys = precision(spec.precision().key());
    KvPrecision values = precision(spec.precision().value());
    return keys == values
        ? List.of(new TileLayout(keys, spec.keyDim(), spec.valueDim()))
        : List.of(
            new TileLayout(keys, spec.keyDim(), 0), new TileLayout(values, 0, spec.valueDim()));
  }

  private static KvPrecision precision(KvEncoding encoding) {
    if (encoding instanceof KvPrecision precision) {
      return precision;
    }
    throw new IllegalArgumentException(
        "tiles keep %s: %s".formatted(KvPrecision.labels(), encoding.label()));
  }

  private static TileLayout openLayout(TileLayout layout) {
    return new TileLayout(KvPrecision.F32, layout.keyDim(), layout.valueDim());
  }

  /** Bytes of heap that so many tiles take in this process. */
  static long heapBytes(TileLayout layout, long tiles) {
    long bytes = HeapArrays.bytes(HeadTiles.elements(layout, tiles), Integer.BYTES);
    return layout.precision().isQuantised()
        ? bytes + HeapArrays.bytes(HeadTiles.elements(openLayout(layout), 1), Float.BYTES)
        : bytes;
  }

  /**
   * Stores positions of one tile, the first of them {@code token} of the tensors. A complete tile
   * is quantised.
   *
   * @param slot of the tile
   */
  void write(
      int slot, int position, int count, HeadTensor keys, HeadTensor values, int head, int token) {
    int tile = quantised.isPresent() ? 0 : slot;
    open.put(tile, position, count, keys, values, head, token);
    if (quantised.isPresent() && position + count == TILE) {
      quantised.get().quantise(slot, (FloatTiles) open);
    }
  }

  /** Makes a complete tile the incomplete last one again, where those are kept apart. */
  void reopen(int slot) {
    if (quantised.isEmpty()) {
      return;
    }
    KvTile stored = new KvTile();
    quantised.get().show(slot, stored);
    float[] key = new float[layout.keyDim()];
    float[] value = new float[layout.valueDim()];
    for (int position = 0; position < TILE; position++) {
      stored.readKey(position, key.length, key);
      stored.readValue(position, value.length, value);
      open.putKeys(0, position, 1, key, 0, 0);
      open.putValue(0, position, value, 0);
    }
  }

  /**
   * Shows a tile.
   *
   * @param isLast whether it is the incomplete last one
   */
  void show(int slot, boolean isLast, KvTile into) {
    if (quantised.isPresent() && isLast) {
      open.show(0, into);
      return;
    }
    HeadTiles tiles = quantised.isPresent() ? quantised.get() : open;
    tiles.show(slot, into);
  }

  long bytes() {
    return open.bytes() + quantised.map(HeadTiles::bytes).orElse(0L);
  }
}
