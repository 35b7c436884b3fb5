package io.headroom.attention.vector;

import static io.headroom.attention.vector.RowBlock.LANES;
import static io.headroom.attention.vector.RowBlock.TILE;

import io.headroom.attention.Visibility;
import io.headroom.kvcache.KvPrecision;
import io.headroom.kvcache.tiled.KvTile;
import io.headroom.kvcache.tiled.TileMatrix;
import io.headroom.kvcache.tiled.TiledKvCache;

/** The fused loop over tiles, with the scratch memory of one thread. */
final class AttentionWorker {
  /** Rows that are cut off together at the edge of what they see: two register blocks. */
  private static final int EDGE_ROWS = 12;

  private final Kernels kernels;
  private final RowBlock rows;
  private final KvTile tile = new KvTile();
  private final WideMatrix wide = new WideMatrix();
  private final float[] scratch = ScratchMemory.allocate(Kernels.SCRATCH_LENGTH);

  AttentionWorker(Kernels kernels) {
    this.kernels = kernels;
    this.rows = new RowBlock(kernels);
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
      Visibility visible,
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

  private static int visibleTiles(TiledKvCache cache, Visibility visible, int token, int endToken) {
    int count = 0;
    for (int index = 0; index < cache.tiles(); index++) {
      count += isVisible(cache.firstPosition(index), visible, token, endToken) ? 1 : 0;
    }
    return count;
  }

  private static boolean isVisible(int first, Visibility visible, int token, int endToken) {
    boolean near = first + TILE > visible.from(token) && first < visible.to(endToken - 1);
    return near || first < visible.sinksTo(endToken - 1);
  }

  private void attendTile(
      TiledKvCache cache, Visibility visible, int token, int endToken, RowBlock block) {
    int first = tile.firstPosition();
    boolean whole = visible.from(endToken - 1) <= first && visible.to(token) >= first + TILE;
    int group = block.rows / (endToken - token);
    // Rows of one token see the same keys.
    int step = whole || endToken == token + 1 ? block.rows : EDGE_ROWS;
    boolean finite = cache.isFinite();

    TileMatrix keys = readable(tile.keys(), block.headDim, finite, block);
    for (int row = 0; row < block.rows; row += step) {
      int count = Math.min(step, block.rows - row);
      int used = used(visible, token + (row + count - 1) / group);
      int columns = keys.precision() == KvPrecision.F32 ? (used + LANES - 1) / LANES * LANES : TILE;
      multiplyQueries(row, count, columns, keys, block);
    }
    if (!whole) {
      hide(visible, token, group, block);
    }
    kernels.exponentiate(block);

    for (int panel = 0; panel < tile.panels(); panel++) {
      TileMatrix values = readable(tile.values(panel), TILE, finite, block);
      for (int row = 0; row < block.rows; row += step) {
        int count = Math.min(step, block.rows - row);
        addValues(
            visible,
            token + row / group,
            token + (row + count - 1) / group,
            row,
            count,
            values,
            panel,
            block);
      }
    }
  }

  /** Columns up to the last one that a token sees. */
  private int used(Visibility visible, int token) {
    return inTile(Math.max(visible.sinksTo(token), visible.to(token)));
  }

  private void multiplyQueries(int row, int count, int columns, TileMatrix keys, RowBlock block) {
    kernels.multiply(
        count,
        columns,
        block.headDim,
        block.data,
        block.queries + row * block.queryStride,
        block.queryStride,
        keys,
        0,
        block.data,
        block.scores + row * block.scoreStride,
        block.scoreStride,
        false,
        scratch);
  }

  /** Adds the values that some rows see; weights of hidden positions between them are 0. */
  private void addValues(
      Visibility visible,
      int firstToken,
      int lastToken,
      int row,
      int count,
      TileMatrix values,
      int panel,
      RowBlock block) {
    int sinksTo = inTile(visible.sinksTo(lastToken));
    int from = inTile(visible.from(firstToken));
    int to = inTile(visible.to(lastToken));
    if (sinksTo >= from) {
      addValues(0, Math.max(sinksTo, to), row, count, values, panel, block);
      return;
    }
    addValues(0, sinksTo, row, count, values, panel, block);
    addValues(from, to, row, count, values, panel, block);
  }

  private void addValues(
      int from, int to, int row, int count, TileMatrix values, int panel, RowBlock block) {
    if (from < to) {
      kernels.multiply(
          count,
          values.columns(),
          to - from,
          block.data,
          block.scores + row * block.scoreStride + from,
          block.scoreStride,
          values,
          from,
          block.data,
          block.output + row * block.columns + panel * TILE,
          block.columns,
          true,
          scratch);
    }
  }

  /** Where a position lies in the tile: 0 to its length. */
  private int inTile(int position) {
    return Math.max(0, Math.min(tile.length(), position - tile.firstPosition()));
  }

  /** The matrix itself, or converted where the kernels do not read it as it is stored. */
  private TileMatrix readable(TileMatrix stored, int matrixRows, boolean finite, RowBlock block) {
    // Conversion in registers knows no infinity and no NaN in float16, nor a NaN in e4m3.
    boolean hasOwnSpecials =
        stored.precision() == KvPrecision.F16 || stored.precision() == KvPrecision.FP8;
    boolean special = !finite && hasOwnSpecials;
    return kernels.multiplies(stored, block.rows, matrixRows) && !special
        ? stored
        : wide.convert(kernels, stored, matrixRows);
  }

  /** Hides from every row the columns of the tile that its token does not see. */
  private void hide(Visibility visible, int token, int group, RowBlock block) {
    for (int row = 0; row < block.rows; row++) {
      int rowToken = token + row / group;
      int sinksTo = inTile(visible.sinksTo(rowToken));
      block.hide(row, sinksTo, inTile(visible.from(rowToken)));
      block.hide(row, Math.max(sinksTo, inTile(visible.to(rowToken))), TILE);
    }
  }
}
