package io.headroom.jobs.sweep.executor;

import io.headroom.jobs.sweep.cells.Pack;
import io.headroom.jobs.sweep.cells.Shard;
import io.headroom.jobs.sweep.rows.MeasuredRow;
import io.headroom.jobs.sweep.rows.ShardResult;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/** Measures the shards of one pack on an executor. */
public final class MeasurePack extends AbstractFunction1<Iterator<Pack>, List<ShardResult>>
    implements Serializable {
  private static final long serialVersionUID = 1L;

  private final EngineFactory engines;

  /**
   * @param engines makes the engine of each shard
   */
  public MeasurePack(EngineFactory engines) {
    this.engines = engines;
  }

  @Override
  public List<ShardResult> apply(Iterator<Pack> packs) {
    try {
      return ExclusiveExecutor.run(() -> measure(packs.next()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while another task measured", e);
    }
  }

  private List<ShardResult> measure(Pack pack) {
    MeasureShard measuring = new MeasureShard(engines);
    List<ShardResult> results = new ArrayList<>();
    for (Shard shard : pack.shards()) {
      long began = System.nanoTime();
      List<MeasuredRow> rows = measuring.rows(shard);
      results.add(new ShardResult(rows, System.nanoTime() - began));
    }
    return results;
  }
}
