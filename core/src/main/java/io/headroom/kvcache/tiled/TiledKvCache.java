package io.headroom.kvcache.tiled;

import io.headroom.kvcache.Bfloat16;
import io.headroom.kvcache.CheckedKvCache;
import io.headroom.kvcache.Float16;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.HeapArrays;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvEncoding;
import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A cache in tiles of {@value #TILE} positions: keys transposed, so that the scores of a tile come
 * out in vector lanes, and values row by row.
 *
 * <p>The integer precisions quantise a tile when it is complete; the incomplete last tile stays
 * float32 (the residual of KIVI, arXiv 2402.02750), so recent tokens are exact. They take finite
 * numbers up to 2^96 only. float16 turns numbers from 65,520 on to infinity, e4m3 those beyond 448
 * to 448.
 *
 * <p>With a window the tiles after those of the sinks form a ring, and whole tiles are reused; what
 * lies further back than window and slack may still be kept, up to a tile's worth.
 */
public final class TiledKvCache extends CheckedKvCache {
  /** Positions of a tile. */
  public static final int TILE = KvPrecision.GROUP_SIZE;

  private final int sinkTiles;
  private final int ringTiles;

  /** Of every head, see {@link HeadPart}. */
  private final List<List<HeadPart>> parts;

  private final int valueColumns;

  /** The oldest tile that the ring still holds. */
  private int firstRingTile;

  private boolean finite = true;

  /**
   * @throws IllegalArgumentException if the format is not {@linkplain KvFormat#isOfPrecisions() of
   *     precisions}, or the keys or values of one head exceed a Java array
   */
  public TiledKvCache(KvCacheSpec spec) {
    super(spec);
    long sinks = sinkTiles(spec);
    this.sinkTiles = (int) sinks;
    this.ringTiles = (int) ringTiles(spec);
    this.firstRingTile = sinkTiles;
    List<TileLayout> layouts = HeadPart.layouts(spec);
    this.parts =
        IntStream.range(0, spec.kvHeads())
            .mapToObj(
                head ->
                    layouts.stream()
                        .map(layout -> new HeadPart(layout, sinks + ringTiles))
                        .toList())
            .toList();
    this.valueColumns = layouts.get(layouts.size() - 1).valueColumns();
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

  /** Why there can be no such cache, in one line; empty if there can, given the memory. */
  public static Optional<String> unsupported(KvCacheSpec spec) {
    if (!spec.precision().isOfPrecisions()) {
      return Optional.of(
          "%s is counted, not computed on; engines here keep %s"
              .formatted(spec.precision().label(), KvPrecision.labels()));
    }
    return HeadPart.layouts(spec).stream()
        .map(layout -> HeapArrays.tooLongForAHead(HeadTiles.elements(layout, tiles(spec))))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** Bytes of heap that such a cache takes in this process. */
  public static long heapBytes(KvCacheSpec spec) {
    long bytes =
        HeadPart.layouts(spec).stream()
            .mapToLong(layout -> HeadPart.heapBytes(layout, tiles(spec)))
            .sum();
    return spec.kvHeads() * bytes;
  }

  private static long tiles(KvCacheSpec spec) {
    return sinkTiles(spec) + ringTiles(spec);
  }

  /**
   * @throws IllegalArgumentException if an integer precision is given a number that is not finite
   *     or above 2^96; nothing is appended then
   */
  @Override
  protected void store(HeadTensor newKeys, HeadTensor newValues) {
    boolean keysAreStorable = storable("key", newKeys, spec().precision().key());
    boolean valuesAreStorable = storable("value", newValues, spec().precision().value());
    finite &= keysAreStorable && valuesAreStorable;

    int start = length();
    int end = start + newKeys.tokens();
    int firstKeptTile = Math.max(firstRingTile, tiles(end) - ringTiles);
    for (int from = start; from < end; ) {
      int tile = from / TILE;
      int to = Math.min(end, (tile + 1) * TILE);
      if (tile < sinkTiles || tile >= firstKeptTile) {
        for (int head = 0; head < spec().kvHeads(); head++) {
          for (HeadPart part : parts.get(head)) {
            part.write(slot(tile), from % TILE, to - from, newKeys, newValues, head, from - start);
          }
        }
      }
      from = to;
    }
    firstRingTile = firstKeptTile;
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
    if (lastTileWasComplete && newLength % TILE > 0) {
      int slot = slot(newLength / TILE);
      parts.forEach(ofHead -> ofHead.forEach(part -> part.reopen(slot)));
    }
    finite |= newLength == 0;
  }

  @Override
  public long allocatedBytes() {
    return parts.stream().flatMap(List::stream).mapToLong(HeadPart::bytes).sum();
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
    tileOf(kvHead, position).readKey(position % TILE, spec().keyDim(), into);
  }

  /**
   * Reads one value as it is stored.
   *
   * @param into gets {@code valueDim} numbers
   * @throws IndexOutOfBoundsException if the position is not kept
   */
  public void readValue(int kvHead, int position, float[] into) {
    tileOf(kvHead, position).readValue(position % TILE, spec().valueDim(), into);
  }

  /** Columns of all panels of values, padding included. */
  public int valueColumns() {
    return valueColumns;
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
    boolean isLast = (positionTile + 1L) * TILE > length();
    List<HeadPart> ofHead = parts.get(kvHead);
    for (int part = 0; part < ofHead.size(); part++) {
      ofHead.get(part).show(slot(positionTile), isLast, into);
    }
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

  /** Whether all numbers stay finite in this precision. */
  private static boolean storable(String name, HeadTensor tensor, KvEncoding encoding) {
    KvPrecision precision = (KvPrecision) encoding;
    float limit =
        switch (precision) {
          // In e4m3 infinity is a number, the largest: only NaN is not.
          case F32, FP8 -> Float.POSITIVE_INFINITY;
          case F16 -> Float16.OVERFLOW;
          case BF16 -> Bfloat16.OVERFLOW;
          case INT8, INT4 -> Math.nextUp(QuantisedTiles.LARGEST);
        };
    for (int head = 0; head < tensor.heads(); head++) {
      int start = tensor.row(head, 0);
      int end = start + tensor.tokens() * tensor.dim();
      if (!allBelow(limit, tensor.data(), start, end)) {
        if (precision.isQuantised()) {
          throw new IllegalArgumentException(unstorable(name, tensor, head, precision));
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

  private static String unstorable(
      String name, HeadTensor tensor, int head, KvPrecision precision) {
    int start = tensor.row(head, 0);
    int index = start;
    while (Math.abs(tensor.data()[index]) <= QuantisedTiles.LARGEST) {
      index++;
    }
    return "%s cannot hold the %s of head %d, token %d, channel %d, its numbers must be finite and at most %s: %s"
        .formatted(
            precision.label(),
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
