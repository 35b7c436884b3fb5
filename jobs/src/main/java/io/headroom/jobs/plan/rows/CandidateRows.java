package io.headroom.jobs.plan.rows;

import io.headroom.jobs.deployments.CandidateStatus;
import io.headroom.jobs.plan.search.ShippedSearch;
import io.headroom.jobs.spark.SparkJobs;
import io.headroom.plan.search.Deployment;
import io.headroom.plan.search.DeploymentSearch;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Candidates with all that the closed form says of them, as rows of {@link CandidateTable}. */
public final class CandidateRows implements FlatMapFunction<Iterator<KeptCandidate>, Row> {
  private static final long serialVersionUID = 1L;
  private static final int TASKS_OF_CORE = 2;

  private final Broadcast<ShippedSearch> shipped;
  private final String runId;

  private CandidateRows(Broadcast<ShippedSearch> shipped, String runId) {
    this.shipped = shipped;
    this.runId = runId;
  }

  /**
   * @param kept in the order that the rows shall have
   * @param description of the job, in Spark's UI
   */
  public static Dataset<Row> of(
      SparkSession spark,
      Broadcast<ShippedSearch> shipped,
      String runId,
      List<KeptCandidate> kept,
      String description) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    int tasks = Math.max(1, Math.min(kept.size(), TASKS_OF_CORE * context.defaultParallelism()));
    JavaRDD<Row> rows =
        context.parallelize(kept, tasks).mapPartitions(new CandidateRows(shipped, runId));
    List<Row> collected = SparkJobs.described(spark, description, rows::collect);
    return spark.createDataFrame(collected, CandidateTable.SCHEMA).coalesce(1);
  }

  @Override
  public Iterator<Row> call(Iterator<KeptCandidate> kept) {
    ShippedSearch plan = shipped.value();
    DeploymentSearch search = new DeploymentSearch(plan.space(), plan.inputs());
    List<Row> rows = new ArrayList<>();
    while (kept.hasNext()) {
      KeptCandidate next = kept.next();
      boolean isCounted = next.status().equals(CandidateStatus.NOT_KEPT);
      Deployment deployment = isCounted ? null : search.details(next.number());
      rows.add(
          CandidateTable.row(
              new CandidateRow(
                  runId,
                  next.status(),
                  PlannedDeployment.of(plan, next.number()),
                  deployment,
                  next.rank(),
                  next.count())));
    }
    return rows.iterator();
  }
}
