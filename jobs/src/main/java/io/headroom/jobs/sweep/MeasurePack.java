package io.headroom.jobs.sweep;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/** Measures the shards of one pack on an executor. */
final class MeasurePack extends AbstractFunction1<Iterator<Pack>, List<ShardResult>>
    implements Serializable {
  private static final long serialVersionUID = 1L;

  private final MeasureShard measureShard = new MeasureShard();

  @Override
  public List<ShardResult> apply(Iterator<Pack> packs) {
    List<ShardResult> results = new ArrayList<>();
    for (Shard shard : packs.next().shards()) {
      long began = System.nanoTime();
      List<Row> rows = new ArrayList<>();
      measureShard.call(List.of(shard).iterator()).forEachRemaining(rows::add);
      results.add(new ShardResult(rows, System.nanoTime() - began));
    }
    return results;
  }
}
