package io.headroom.kvcache;

import java.util.stream.Stream;

/**
 * A cache in tiles of {@value #TILE} positions: keys transposed, so that the scores of a tile come
 * out in vector lanes, and values row by row.
 *
 * <p>The integer precisions quantise a tile when it is complete; the incomplete last tile stays
 * float32 (the residual of KIVI, arXiv 2402.02750), so recent tokens are exact. They take finite
 * numbers up to 2^126 only. float16 turns numbers from 65,520 on to infinity.
 *
 * <p>With a window the tiles after those of the sinks form a ring, and whole tiles are reused; what
 * lies further back than window and slack may still be kept, up to a tile's worth.
 */
public final class TiledKvCache implements KvCache {
  /** Positions of a tile. */
  public static final int TILE = KvPrecision.GROUP_SIZE;

  private static final int LANES = 16;

  private final KvCacheSpec spec;
  private final int sinkTiles;
  private final int ringTiles;
  private final TileRows[] keys;
  private final TileRows[] values;

  /** The incomplete tile of the integer precisions; empty for the others. */
  private final FloatRows[] recentKeys;

  private final FloatRows[] recentValues;
  private int length;

  /** The oldest tile that the ring still holds. */
  private int firstRingTile;

  private boolean finite = true;

  /**
   * @throws IllegalArgumentException if the keys or values of one head exceed a Java array
   */
  public TiledKvCache(KvCacheSpec spec) {
    this.spec = spec;
    long tiles = tiles(spec.capacity());
    long sinks = Math.min(tiles, tiles(spec.sinks()));
    long ring = tiles - sinks;
    if (spec.isWindowed()) {
      ring = Math.min(ring, tiles((long) spec.window() + spec.slack() - 1) + 1);
    }
    this.sinkTiles = (int) sinks;
    this.ringTiles = (int) ring;
    this.firstRingTile = sinkTiles;
    int valueColumns = roundUp(spec.valueDim(), columnGroup(spec.precision()));
    this.keys = new TileRows[spec.kvHeads()];
    this.values = new TileRows[spec.kvHeads()];
    int recent = spec.precision().isQuantised() ? spec.kvHeads() : 0;
    this.recentKeys = new FloatRows[recent];
    this.recentValues = new FloatRows[recent];
    for (int head = 0; head < spec.kvHeads(); head++) {
      keys[head] = TileRows.of(spec.precision(), (sinks + ring) * spec.keyDim(), TILE);
      values[head] = TileRows.of(spec.precision(), (sinks + ring) * TILE, valueColumns);
    }
    for (int head = 0; head < recent; head++) {
      recentKeys[head] = new FloatRows(spec.keyDim(), TILE);
      recentValues[head] = new FloatRows(TILE, valueColumns);
    }
  }

  /** Rows are padded to a multiple of so many columns. */
  private static int columnGroup(KvPrecision precision) {
    return switch (precision) {
      case F32, INT8 -> LANES;
      case F16, BF16 -> 2 * TileMatrix.PAIR_DISTANCE;
      case INT4 -> TILE;
    };
  }

  @Override
  public KvCacheSpec spec() {
    return spec;
  }

  @Override
  public int length() {
    return length;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException also if an integer precision is given a number that is not
   *     finite or above 2^126; nothing is appended then
   */
  @Override
  public void append(HeadTensor newKeys, HeadTensor newValues) {
    requireFit("keys", newKeys, spec.keyDim());
    requireFit("values", newValues, spec.valueDim());
    int tokens = newKeys.tokens();
    if (tokens != newValues.tokens()) {
      throw new IllegalArgumentException(
          "%d keys and %d values do not fit together".formatted(tokens, newValues.tokens()));
    }
    if (tokens > spec.capacity() - length) {
      throw new KvCapacityException(length, tokens, spec.capacity());
    }
    boolean allStorable = storable("key", newKeys) & storable("value", newValues);
    finite &= allStorable;

    int start = length;
    int end = start + tokens;
    int firstKeptTile = Math.max(firstRingTile, tiles(end) - ringTiles);
    for (int from = start; from < end; ) {
      int tile = from / TILE;
      int to = Math.min(end, (tile + 1) * TILE);
      if (tile < sinkTiles || tile >= firstKeptTile) {
        for (int head = 0; head < spec.kvHeads(); head++) {
          write(head, from, to, start, newKeys, newValues);
        }
      }
      from = to;
    }
    length = end;
    firstRingTile = firstKeptTile;
  }

  private void write(
      int head, int from, int to, int start, HeadTensor newKeys, HeadTensor newValues) {
    boolean quantised = spec.precision().isQuantised();
    int slot = slot(from / TILE);
    TileRows keyRows = quantised ? recentKeys[head] : keys[head];
    TileRows valueRows = quantised ? recentValues[head] : values[head];
    int keyRow = quantised ? 0 : slot * spec.keyDim();
    int valueRow = quantised ? 0 : slot * TILE;
    for (int position = from; position < to; position++) {
      int key = newKeys.row(head, position - start);
      int value = newValues.row(head, position - start);
      int column = position % TILE;
      keyRows.putColumn(keyRow, column, newKeys.data(), key, spec.keyDim());
      valueRows.putRow(valueRow + column, newValues.data(), value, spec.valueDim());
    }
    if (quantised && to % TILE == 0) {
      quantise(head, slot);
    }
  }

  private void quantise(int head, int slot) {
    FloatRows recentKey = recentKeys[head];
    for (int channel = 0; channel < spec.keyDim(); channel++) {
      keys[head].putRow(slot * spec.keyDim() + channel, recentKey.data(), channel * TILE, TILE);
    }
    FloatRows recentValue = recentValues[head];
    for (int row = 0; row < TILE; row++) {
      int from = row * recentValue.columns;
      values[head].putRow(slot * TILE + row, recentValue.data(), from, spec.valueDim());
    }
  }

  @Override
  public void truncate(int newLength) {
    if (newLength < 0 || newLength > length) {
      throw new IllegalArgumentException(
          "a cache of %d positions cannot be truncated to %d".formatted(length, newLength));
    }
    int ringStart = sinkTiles * TILE;
    if (newLength > ringStart) {
      int firstNeeded = spec.isWindowed() ? Math.max(ringStart, newLength - spec.window()) : 0;
      if (!keeps(firstNeeded, newLength)) {
        throw new IllegalArgumentException(
            "the cache no longer holds the window before position %d: the oldest it keeps is %d"
                .formatted(newLength, firstRingTile * TILE));
      }
    } else {
      firstRingTile = sinkTiles;
    }
    boolean lastTileWasComplete = newLength / TILE < length / TILE;
    if (spec.precision().isQuantised() && lastTileWasComplete && newLength % TILE > 0) {
      restore(slot(newLength / TILE));
    }
    length = newLength;
    finite |= newLength == 0;
  }

  private void restore(int slot) {
    float[] row = new float[Math.max(TILE, spec.valueDim())];
    for (int head = 0; head < spec.kvHeads(); head++) {
      for (int channel = 0; channel < spec.keyDim(); channel++) {
        read(keys[head], slot * spec.keyDim() + channel, row, TILE);
        recentKeys[head].putRow(channel, row, 0, TILE);
      }
      for (int position = 0; position < TILE; position++) {
        read(values[head], slot * TILE + position, row, spec.valueDim());
        recentValues[head].putRow(position, row, 0, spec.valueDim());
      }
    }
  }

  private static void read(TileRows rows, int row, float[] into, int count) {
    for (int column = 0; column < count; column++) {
      into[column] = rows.get(row, column);
    }
  }

  @Override
  public long allocatedBytes() {
    return Stream.of(keys, values, recentKeys, recentValues)
        .flatMap(Stream::of)
        .mapToLong(TileRows::bytes)
        .sum();
  }

  /** Whether a position can still be read. */
  public boolean isKept(int position) {
    return position >= 0
        && position < length
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
    requireKept(position);
    boolean recent = isRecent(position / TILE);
    TileRows rows = recent ? recentKeys[kvHead] : keys[kvHead];
    int row = recent ? 0 : slot(position / TILE) * spec.keyDim();
    for (int channel = 0; channel < spec.keyDim(); channel++) {
      into[channel] = rows.get(row + channel, position % TILE);
    }
  }

  /**
   * Reads one value as it is stored.
   *
   * @param into gets {@code valueDim} numbers
   * @throws IndexOutOfBoundsException if the position is not kept
   */
  public void readValue(int kvHead, int position, float[] into) {
    requireKept(position);
    boolean recent = isRecent(position / TILE);
    TileRows rows = recent ? recentValues[kvHead] : values[kvHead];
    int row = recent ? 0 : slot(position / TILE) * TILE;
    read(rows, row + position % TILE, into, spec.valueDim());
  }

  /** Columns of a value row, padding included. */
  public int valueColumns() {
    return values[0].columns;
  }

  /** Tiles that hold kept positions. */
  public int tiles() {
    return Math.min(sinkTiles, tiles(length)) + Math.max(0, tiles(length) - firstRingTile);
  }

  /** First position of a tile; ascending over tiles 0 to {@link #tiles()}, exclusive. */
  public int firstPosition(int tile) {
    return positionTile(tile) * TILE;
  }

  /** Shows a tile of one head; allocates nothing. */
  public void tile(int kvHead, int tile, KvTile into) {
    int positionTile = positionTile(tile);
    into.firstPosition = positionTile * TILE;
    into.length = Math.min(TILE, length - into.firstPosition);
    if (isRecent(positionTile)) {
      recentKeys[kvHead].show(0, into.keys());
      recentValues[kvHead].show(0, into.values());
      return;
    }
    int slot = slot(positionTile);
    keys[kvHead].show(slot * spec.keyDim(), into.keys());
    values[kvHead].show(slot * TILE, into.values());
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
    return spec.precision().isQuantised() && (positionTile + 1L) * TILE > length;
  }

  /** Whether all numbers stay finite in this precision. */
  private boolean storable(String name, HeadTensor tensor) {
    KvPrecision precision = spec.precision();
    float limit =
        switch (precision) {
          case F32 -> Float.POSITIVE_INFINITY;
          case F16 -> Float16.OVERFLOW;
          case BF16 -> Bfloat16.OVERFLOW;
          case INT8, INT4 -> Math.nextUp(QuantisedRows.LARGEST);
        };
    for (int head = 0; head < tensor.heads(); head++) {
      int start = tensor.row(head, 0);
      int end = start + tensor.tokens() * tensor.dim();
      for (int i = start; i < end; i++) {
        if (!(Math.abs(tensor.data()[i]) < limit)) {
          if (precision.isQuantised()) {
            throw new IllegalArgumentException(
                "%s cannot hold the %s of head %d, token %d, channel %d, its numbers must be finite and at most %s: %s"
                    .formatted(
                        precision.label(),
                        name,
                        head,
                        (i - start) / tensor.dim(),
                        (i - start) % tensor.dim(),
                        QuantisedRows.LARGEST,
                        tensor.data()[i]));
          }
          return false;
        }
      }
    }
    return true;
  }

  private void requireFit(String name, HeadTensor tensor, int dim) {
    if (tensor.heads() != spec.kvHeads() || tensor.dim() != dim) {
      throw new IllegalArgumentException(
          "%s of %d heads of %d do not fit a cache of %d heads of %d"
              .formatted(name, tensor.heads(), tensor.dim(), spec.kvHeads(), dim));
    }
  }

  private void requireKept(int position) {
    if (!isKept(position)) {
      throw new IndexOutOfBoundsException(
          "position %d is not kept; the cache has seen %d".formatted(position, length));
    }
  }

  private static int tiles(int positions) {
    return (int) tiles((long) positions);
  }

  private static long tiles(long positions) {
    return (positions + TILE - 1) / TILE;
  }

  private static int roundUp(int number, int multiple) {
    return Math.multiplyExact((number + multiple - 1) / multiple, multiple);
  }
}
