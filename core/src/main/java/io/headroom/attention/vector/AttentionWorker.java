package io.headroom.attention.vector;

import static io.headroom.attention.vector.RowBlock.LANES;
import static io.headroom.attention.vector.RowBlock.TILE;

import io.headroom.kvcache.KvPrecision;
import io.headroom.kvcache.KvTile;
import io.headroom.kvcache.TileMatrix;
import io.headroom.kvcache.TiledKvCache;

/** The fused loop over tiles, with the scratch memory of one thread. */
final class AttentionWorker {
  /** With so few rows reading keys and values takes longer than computing. */
  private static final int FEW_ROWS = 8;

  private final Kernels kernels;
  private final CacheLines cacheLines = new CacheLines();
  private final RowBlock rows = new RowBlock();
  private final KvTile tile = new KvTile();
  private final WideMatrix wideKeys = new WideMatrix();
  private final WideMatrix wideValues = new WideMatrix();

  AttentionWorker(Kernels kernels) {
    this.kernels = kernels;
  }

  RowBlock rows() {
    return rows;
  }

  /**
   * Lets the rows of some tokens see slice {@code slice} of {@code slices} of their visible tiles.
   */
  void attend(
      TiledKvCache cache,
      int kvHead,
      VisibleKeys visible,
      int token,
      int endToken,
      int slice,
      int slices,
      RowBlock block) {
    int tiles = slices == 1 ? cache.tiles() : visibleTiles(cache, visible, token, endToken);
    int firstTurn = slices == 1 ? 0 : (int) ((long) tiles * slice / slices);
    int endTurn = slices == 1 ? tiles : (int) ((long) tiles * (slice + 1) / slices);
    int turn = 0;
    for (int index = 0; index < cache.tiles() && turn < endTurn; index++) {
      if (isVisible(cache.firstPosition(index), visible, token, endToken)) {
        if (turn >= firstTurn) {
          cache.tile(kvHead, index, tile);
          attendTile(cache, visible, token, endToken, block);
        }
        turn++;
      }
    }
  }

  private static int visibleTiles(
      TiledKvCache cache, VisibleKeys visible, int token, int endToken) {
    int count = 0;
    for (int index = 0; index < cache.tiles(); index++) {
      count += isVisible(cache.firstPosition(index), visible, token, endToken) ? 1 : 0;
    }
    return count;
  }

  private static boolean isVisible(int first, VisibleKeys visible, int token, int endToken) {
    boolean near = first + TILE > visible.from(token) && first < visible.to(endToken - 1);
    return near || first < visible.sinksTo(endToken - 1);
  }

  private void attendTile(
      TiledKvCache cache, VisibleKeys visible, int token, int endToken, RowBlock block) {
    int first = tile.firstPosition();
    int length = tile.length();
    int sinksTo = inTile(visible.sinksTo(endToken - 1) - first, length);
    int from = inTile(visible.from(token) - first, length);
    int to = inTile(visible.to(endToken - 1) - first, length);

    boolean finite = cache.isFinite();
    boolean memoryBound = block.rows <= FEW_ROWS;
    if (memoryBound) {
      cacheLines.touch(tile.keys(), block.headDim);
    }
    TileMatrix keys = readable(tile.keys(), block.headDim, finite, block, wideKeys);
    int used = Math.max(sinksTo, to);
    int columns = keys.precision() == KvPrecision.F32 ? (used + LANES - 1) / LANES * LANES : TILE;
    block.clearScores();
    kernels.multiplyAdd(
        block.rows,
        columns,
        block.headDim,
        block.queries,
        0,
        block.headDim,
        keys,
        0,
        block.scores,
        TILE);
    hide(visible, token, endToken, length, block);
    kernels.exponentiate(block);

    if (memoryBound) {
      cacheLines.touch(tile.values(), length);
    }
    TileMatrix values = readable(tile.values(), TILE, finite, block, wideValues);
    if (sinksTo >= from) {
      addValues(values, 0, Math.max(sinksTo, to), block);
      return;
    }
    addValues(values, 0, sinksTo, block);
    addValues(values, from, to, block);
  }

  private static int inTile(int position, int length) {
    return Math.max(0, Math.min(length, position));
  }

  /** The matrix itself, or converted where the kernels do not read it as it is stored. */
  private TileMatrix readable(
      TileMatrix stored, int matrixRows, boolean finite, RowBlock block, WideMatrix wide) {
    // Conversion in registers knows no infinity and no NaN in float16.
    boolean special = !finite && stored.precision() == KvPrecision.F16;
    return kernels.multiplies(stored, block.rows) && !special
        ? stored
        : wide.convert(kernels, stored, matrixRows);
  }

  /** Hides from every row the columns of the tile that its token does not see. */
  private void hide(VisibleKeys visible, int token, int endToken, int length, RowBlock block) {
    int first = tile.firstPosition();
    if (visible.from(endToken - 1) <= first && visible.to(token) >= first + TILE) {
      return;
    }
    int group = block.rows / (endToken - token);
    for (int row = 0; row < block.rows; row++) {
      int rowToken = token + row / group;
      int sinksTo = inTile(visible.sinksTo(rowToken) - first, length);
      int from = inTile(visible.from(rowToken) - first, length);
      int to = inTile(visible.to(rowToken) - first, length);
      if (from < to) {
        block.hide(row, sinksTo, from);
        block.hide(row, Math.max(sinksTo, to), TILE);
      } else {
        block.hide(row, sinksTo, TILE);
      }
    }
  }

  private void addValues(TileMatrix values, int from, int to, RowBlock block) {
    if (from < to) {
      kernels.multiplyAdd(
          block.rows,
          block.columns,
          to - from,
          block.scores,
          from,
          TILE,
          values,
          from,
          block.output,
          block.columns);
    }
  }
}
