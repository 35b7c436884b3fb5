package io.headroom.jobs.sweep.executor;

import io.headroom.attention.AttentionEngine;
import io.headroom.engines.AttentionEngines;
import io.headroom.jobs.settings.Window;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.CellIds;
import io.headroom.jobs.sweep.cells.MeasureSettings;
import io.headroom.jobs.sweep.cells.Shard;
import io.headroom.jobs.sweep.cells.Sweeps;
import io.headroom.jobs.sweep.rows.MeasuredRow;
import io.headroom.jobs.workload.Sequence;
import io.headroom.kvcache.KvPrecision;
import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Measures three shards one after the other in this process and prints a line for every row: the
 * vector engine, then the engine of the system property {@code engine}, then the vector engine. The
 * engine {@code hungry} takes all memory in the midst of its second sequence.
 */
final class MeasureThreeShards {
  /** Pieces as large as engines take: what is left then is enough for the threads beside it. */
  private static final int HOARD_NUMBERS = 1 << 22;

  private MeasureThreeShards() {}

  public static void main(String[] arguments) throws IOException {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.enabled", "false")
            .getOrCreate()) {
      List<Shard> shards =
          List.of(shard("vector"), shard(System.getProperty("engine")), shard("vector"));
      List<MeasuredRow> rows =
          JavaSparkContext.fromSparkContext(spark.sparkContext())
              .parallelize(shards, shards.size())
              .flatMap(shard -> new MeasureShard(MeasureThreeShards::engine).rows(shard).iterator())
              .collect();
      for (MeasuredRow row : rows) {
        System.out.printf(
            "row %s %s %s %s%n",
            row.configuration().engine(),
            row.sequence().id(),
            row.outcome().status().label(),
            row.outcome().reason());
      }
    }
  }

  private static AttentionEngine engine(String name, int threads) {
    return name.equals("hungry")
        ? new FaultyEngine(MeasureThreeShards::takeAllMemory)
        : AttentionEngines.create(name, threads);
  }

  private static void takeAllMemory() {
    Object[] hoard = {};
    while (true) {
      hoard = new Object[] {hoard, new long[HOARD_NUMBERS]};
    }
  }

  private static Shard shard(String engine) {
    Cell cell = new Cell(Sweeps.qwen(), KvPrecision.F32, Window.NONE, true, engine, 1, 1, 1, 1, 42);
    MeasureSettings settings = new MeasureSettings("run", 1, 0, 1, 1, 0, 600_000_000_000L);
    List<Sequence> sequences =
        List.of(new Sequence(0, 20, 2), new Sequence(1, 11, 2), new Sequence(2, 30, 2));
    return new Shard(cell, CellIds.current().of(cell), sequences, settings, 1);
  }
}
