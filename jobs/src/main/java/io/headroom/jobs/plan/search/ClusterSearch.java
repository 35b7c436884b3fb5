package io.headroom.jobs.plan.search;

import io.headroom.jobs.spark.SparkJobs;
import io.headroom.plan.search.SearchTally;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;

/**
 * A search over executors, wave by wave. They make the candidates from ranges of numbers; the
 * driver sees what is kept of them alone.
 */
public final class ClusterSearch {
  private static final int TASKS_OF_CORE = 3;

  /** Fewer are done before a task is sent. */
  private static final long FEWEST_OF_TASK = 500;

  private final SparkSession spark;
  private final Broadcast<ShippedSearch> shipped;
  private final long size;
  private final int keptOfQuestion;
  private final long ofWave;

  /**
   * @param keptOfQuestion how many are kept of each question
   * @param ofWave candidates of a wave
   */
  public ClusterSearch(
      SparkSession spark, Broadcast<ShippedSearch> shipped, int keptOfQuestion, long ofWave) {
    this.spark = spark;
    this.shipped = shipped;
    this.size = shipped.value().space().size();
    this.keptOfQuestion = keptOfQuestion;
    this.ofWave = ofWave;
  }

  public int waves() {
    return Math.toIntExact((size + ofWave - 1) / ofWave);
  }

  /**
   * What is kept of a wave: the same on any number of executors.
   *
   * @param wave from 0
   */
  public SearchTally run(int wave) {
    NumberRange range = new NumberRange(wave * ofWave, Math.min(size, (wave + 1) * ofWave));
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    long length = range.to() - range.from();
    int most =
        (int)
            Math.max(
                1,
                Math.min(
                    (long) TASKS_OF_CORE * context.defaultParallelism(), length / FEWEST_OF_TASK));
    List<NumberRange> parts = range.parts(most);
    return SparkJobs.described(
        spark,
        "evaluate candidates %,d to %,d".formatted(range.from(), range.to()),
        () ->
            context
                .parallelize(parts, parts.size())
                .mapPartitions(new SearchTask(shipped, keptOfQuestion))
                .treeReduce(SearchTally::add));
  }
}
