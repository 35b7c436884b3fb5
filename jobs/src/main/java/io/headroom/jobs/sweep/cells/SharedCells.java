package io.headroom.jobs.sweep.cells;

/**
 * Cells of a model that are cells of one before it too, for both come to the same there.
 *
 * @param model the name of the later one
 * @param measuredAs the name that their rows have
 * @param cells how many
 */
public record SharedCells(String model, String measuredAs, int cells) {

  /** Such as {@code 4 cells of b come to the same as those of a, and are measured once, as a}. */
  public String sentence() {
    return "%d cell%s of %s come%s to the same as %s of %s, measured once under that name"
        .formatted(
            cells,
            cells == 1 ? "" : "s",
            model,
            cells == 1 ? "s" : "",
            cells == 1 ? "one" : "those",
            measuredAs);
  }
}
