package io.headroom.kvcache.tiled;

import io.headroom.kvcache.Bfloat16;
import io.headroom.kvcache.CheckedKvCache;
import io.headroom.kvcache.Float16;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.HeapArrays;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A cache in tiles of {@value #TILE} positions: keys transposed, so that the scores of a tile come
 * out in vector lanes, and values row by row.
 *
 * <p>The integer precisions quantise a tile when it is complete; the incomplete last tile stays
 * float32 (the residual of KIVI, arXiv 2402.02750), so recent tokens are exact. They take finite
 * numbers up to 2^96 only. float16 turns numbers from 65,520 on to infinity.
 *
 * <p>With a window the tiles after those of the sinks form a ring, and whole tiles are reused; what
 * lies further back than window and slack may still be kept, up to a tile's worth.
 */
public final class TiledKvCache extends CheckedKvCache {
  /** Positions of a tile. */
  public static final int TILE = KvPrecision.GROUP_SIZE;

  private final int sinkTiles;
  private final int ringTiles;
  private final TileLayout layout;

  /** Where new positions go, for every head. In the integer precisions the incomplete last tile. */
  private final PositionTiles[] open;

  /** The complete tiles of the integer precisions; empty for the others. */
  private final QuantisedTiles[] quantised;

  /** The oldest tile that the ring still holds. */
  private int firstRingTile;

  private boolean finite = true;

  /**
   * @throws IllegalArgumentException if the keys or values of one head exceed a Java array
   */
  public TiledKvCache(KvCacheSpec spec) {
    super(spec);
    long sinks = sinkTiles(spec);
    this.sinkTiles = (int) sinks;
    this.ringTiles = (int) ringTiles(spec);
    this.firstRingTile = sinkTiles;
    this.layout = new TileLayout(spec.precision(), spec.keyDim(), spec.valueDim());
    this.open = new PositionTiles[spec.kvHeads()];
    boolean isQuantised = spec.precision().isQuantised();
    this.quantised = new QuantisedTiles[isQuantised ? spec.kvHeads() : 0];
    TileLayout wide = new TileLayout(KvPrecision.F32, spec.keyDim(), spec.valueDim());
    Arrays.setAll(quantised, head -> new QuantisedTiles(layout, sinks + ringTiles));
    Arrays.setAll(
        open,
        head ->
            isQuantised ? new FloatTiles(wide, 1) : PositionTiles.of(layout, sinks + ringTiles));
  }

  private static long sinkTiles(KvCacheSpec spec) {
    return Math.min(tiles((long) spec.capacity()), tiles((long) spec.sinks()));
  }

  private static long ringTiles(KvCacheSpec spec) {
    long rest = tiles((long) spec.capacity()) - sinkTiles(spec);
    return spec.isWindowed()
        ? Math.min(rest, tiles((long) spec.window() + spec.slack() - 1) + 1)
        : rest;
  }

  private static long headElements(KvCacheSpec spec) {
    TileLayout layout = new TileLayout(spec.precision(), spec.keyDim(), spec.valueDim());
    return HeadTiles.elements(layout, sinkTiles(spec) + ringTiles(spec));
  }

  /** Why there can be no such cache, in one line; empty if there can, given the memory. */
  public static Optional<String> unsupported(KvCacheSpec spec) {
    return HeapArrays.tooLongForAHead(headElements(spec));
  }

  /** Bytes of heap that such a cache takes in this process. */
  public static long heapBytes(KvCacheSpec spec) {
    long bytes = HeapArrays.bytes(headElements(spec), Integer.BYTES);
    if (spec.precision().isQuantised()) {
      TileLayout wide = new TileLayout(KvPrecision.F32, spec.keyDim(), spec.valueDim());
      bytes += HeapArrays.bytes(HeadTiles.elements(wide, 1), Float.BYTES);
    }
    return spec.kvHeads() * bytes;
  }

  /**
   * @throws IllegalArgumentException if an integer precision is given a number that is not finite
   *     or above 2^96; nothing is appended then
   */
  @Override
  protected void store(HeadTensor newKeys, HeadTensor newValues) {
    boolean keysAreStorable = storable("key", newKeys);
    boolean valuesAreStorable = storable("value", newValues);
    finite &= keysAreStorable && valuesAreStorable;

    int start = length();
    int end = start + newKeys.tokens();
    int firstKeptTile = Math.max(firstRingTile, tiles(end) - ringTiles);
    for (int from = start; from < end; ) {
      int tile = from / TILE;
      int to = Math.min(end, (tile + 1) * TILE);
      if (tile < sinkTiles || tile >= firstKeptTile) {
        for (int head = 0; head < spec().kvHeads(); head++) {
          write(head, from, to, start, newKeys, newValues);
        }
      }
      from = to;
    }
    firstRingTile = firstKeptTile;
  }

  private void write(
      int head, int from, int to, int start, HeadTensor newKeys, HeadTensor newValues) {
    boolean isQuantised = spec().precision().isQuantised();
    int slot = slot(from / TILE);
    open[head].put(
        isQuantised ? 0 : slot, from % TILE, to - from, newKeys, newValues, head, from - start);
    if (isQuantised && to % TILE == 0) {
      quantised[head].quantise(slot, (FloatTiles) open[head]);
    }
  }

  @Override
  protected void forget(int newLength) {
    int ringStart = sinkTiles * TILE;
    if (newLength > ringStart) {
      int firstNeeded = spec().isWindowed() ? Math.max(ringStart, newLength - spec().window()) : 0;
      if (!keeps(firstNeeded, newLength)) {
        throw new IllegalArgumentException(
            "the cache no longer holds the window before position %d: the oldest it keeps is %d"
                .formatted(newLength, firstRingTile * TILE));
      }
    } else {
      firstRingTile = sinkTiles;
    }
    boolean lastTileWasComplete = newLength / TILE < length() / TILE;
    if (spec().precision().isQuantised() && lastTileWasComplete && newLength % TILE > 0) {
      restore(slot(newLength / TILE));
    }
    finite |= newLength == 0;
  }

  private void restore(int slot) {
    KvTile stored = new KvTile();
    float[] key = new float[spec().keyDim()];
    float[] value = new float[spec().valueDim()];
    for (int head = 0; head < spec().kvHeads(); head++) {
      quantised[head].show(slot, stored);
      for (int position = 0; position < TILE; position++) {
        readKey(stored, position, key);
        readValue(stored, position, value);
        open[head].putKeys(0, position, 1, key, 0, 0);
        open[head].putValue(0, position, value, 0);
      }
    }
  }

  private void readKey(KvTile tile, int position, float[] into) {
    for (int channel = 0; channel < spec().keyDim(); channel++) {
      into[channel] = tile.key(position, channel);
    }
  }

  private void readValue(KvTile tile, int position, float[] into) {
    for (int channel = 0; channel < spec().valueDim(); channel++) {
      into[channel] = tile.value(position, channel);
    }
  }

  @Override
  public long allocatedBytes() {
    return Stream.<HeadTiles[]>of(open, quantised)
        .flatMap(Stream::of)
        .mapToLong(HeadTiles::bytes)
        .sum();
  }

  /** Whether a position can still be read. */
  public boolean isKept(int position) {
    return position >= 0
        && position < length()
        && (position / TILE < sinkTiles || position / TILE >= firstRingTile);
  }

  /** Whether all positions from {@code from} to {@code to}, exclusive, can still be read. */
  public boolean keeps(int from, int to) {
    if (from >= to) {
      return true;
    }
    boolean oneRange = firstRingTile == sinkTiles || to <= sinkTiles * TILE;
    return isKept(to - 1) && (oneRange || from / TILE >= firstRingTile) && from >= 0;
  }

  /** Whether no infinity and no NaN was stored since the cache was last empty. */
  public boolean isFinite() {
    return finite;
  }

  /**
   * Reads one key as it is stored.
   *
   * @param into gets {@code keyDim} numbers
   * @throws IndexOutOfBoundsException if the position is not kept
   */
  public void readKey(int kvHead, int position, float[] into) {
    readKey(tileOf(kvHead, position), position % TILE, into);
  }

  /**
   * Reads one value as it is stored.
   *
   * @param into gets {@code valueDim} numbers
   * @throws IndexOutOfBoundsException if the position is not kept
   */
  public void readValue(int kvHead, int position, float[] into) {
    readValue(tileOf(kvHead, position), position % TILE, into);
  }

  /** Columns of all panels of values, padding included. */
  public int valueColumns() {
    return layout.valueColumns();
  }

  /** Tiles that hold kept positions. */
  public int tiles() {
    return Math.min(sinkTiles, tiles(length())) + Math.max(0, tiles(length()) - firstRingTile);
  }

  /** First position of a tile; ascending over tiles 0 to {@link #tiles()}, exclusive. */
  public int firstPosition(int tile) {
    return positionTile(tile) * TILE;
  }

  /** Shows a tile of one head; allocates nothing. */
  public void tile(int kvHead, int tile, KvTile into) {
    int positionTile = positionTile(tile);
    into.firstPosition = positionTile * TILE;
    into.length = Math.min(TILE, length() - into.firstPosition);
    show(kvHead, positionTile, into);
  }

  private KvTile tileOf(int kvHead, int position) {
    requireKept(position);
    KvTile tile = new KvTile();
    show(kvHead, position / TILE, tile);
    return tile;
  }

  private void show(int kvHead, int positionTile, KvTile into) {
    if (isRecent(positionTile)) {
      open[kvHead].show(0, into);
      return;
    }
    HeadTiles tiles = quantised.length == 0 ? open[kvHead] : quantised[kvHead];
    tiles.show(slot(positionTile), into);
  }

  private int positionTile(int tile) {
    return tile < sinkTiles ? tile : firstRingTile + tile - sinkTiles;
  }

  /** Where the tile of positions {@code 64 t} to {@code 64 t + 63} lies in the arrays. */
  private int slot(int positionTile) {
    return positionTile < sinkTiles
        ? positionTile
        : sinkTiles + (positionTile - sinkTiles) % ringTiles;
  }

  private boolean isRecent(int positionTile) {
    return spec().precision().isQuantised() && (positionTile + 1L) * TILE > length();
  }

  /** Whether all numbers stay finite in this precision. */
  private boolean storable(String name, HeadTensor tensor) {
    KvPrecision precision = spec().precision();
    float limit =
        switch (precision) {
          case F32 -> Float.POSITIVE_INFINITY;
          case F16 -> Float16.OVERFLOW;
          case BF16 -> Bfloat16.OVERFLOW;
          case INT8, INT4 -> Math.nextUp(QuantisedTiles.LARGEST);
        };
    for (int head = 0; head < tensor.heads(); head++) {
      int start = tensor.row(head, 0);
      int end = start + tensor.tokens() * tensor.dim();
      if (!allBelow(limit, tensor.data(), start, end)) {
        if (precision.isQuantised()) {
          throw new IllegalArgumentException(unstorable(name, tensor, head, limit));
        }
        return false;
      }
    }
    return true;
  }

  /** Eight at a time: a branch for each number would take as long as storing it. */
  private static boolean allBelow(float limit, float[] data, int start, int end) {
    int i = start;
    for (; i + 7 < end; i += 8) {
      boolean below = Math.abs(data[i]) < limit;
      below &= Math.abs(data[i + 1]) < limit;
      below &= Math.abs(data[i + 2]) < limit;
      below &= Math.abs(data[i + 3]) < limit;
      below &= Math.abs(data[i + 4]) < limit;
      below &= Math.abs(data[i + 5]) < limit;
      below &= Math.abs(data[i + 6]) < limit;
      below &= Math.abs(data[i + 7]) < limit;
      if (!below) {
        return false;
      }
    }
    for (; i < end; i++) {
      if (!(Math.abs(data[i]) < limit)) {
        return false;
      }
    }
    return true;
  }

  private String unstorable(String name, HeadTensor tensor, int head, float limit) {
    int start = tensor.row(head, 0);
    int index = start;
    while (Math.abs(tensor.data()[index]) < limit) {
      index++;
    }
    return "%s cannot hold the %s of head %d, token %d, channel %d, its numbers must be finite and at most %s: %s"
        .formatted(
            spec().precision().label(),
            name,
            head,
            (index - start) / tensor.dim(),
            (index - start) % tensor.dim(),
            QuantisedTiles.LARGEST,
            tensor.data()[index]);
  }

  private void requireKept(int position) {
    if (!isKept(position)) {
      throw new IndexOutOfBoundsException(
          "position %d is not kept; the cache has seen %d".formatted(position, length()));
    }
  }

  private static int tiles(int positions) {
    return (int) tiles((long) positions);
  }

  private static long tiles(long positions) {
    return (positions + TILE - 1) / TILE;
  }
}
