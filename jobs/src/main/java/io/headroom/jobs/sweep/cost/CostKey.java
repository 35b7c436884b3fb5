package io.headroom.jobs.sweep.cost;

import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.kvcache.KvFormat;

/** Work whose parts cost the same. */
record CostKey(String engine, KvFormat precision, Phase phase, int threads) {

  static CostKey of(Cell cell, Phase phase) {
    return new CostKey(cell.engine(), cell.precision(), phase, cell.threads());
  }
}
