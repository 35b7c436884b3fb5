package io.headroom.jobs.plan.rows;

import io.headroom.jobs.plan.requests.PlannedRequests;
import io.headroom.jobs.plan.search.ShippedSearch;
import io.headroom.jobs.spark.SparkJobs;
import io.headroom.plan.search.Deployment;
import io.headroom.plan.search.DeploymentSearch;
import io.headroom.plan.search.FleetSimulation;
import io.headroom.plan.search.FleetSize;
import io.headroom.plan.serving.Requests;
import io.headroom.plan.serving.Routing;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.DoubleFunction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Simulates deployments, a task each, and makes rows of what they did. */
public final class SimulatedRows implements FlatMapFunction<Iterator<Long>, SimulatedRows.OfOne> {
  private static final long serialVersionUID = 1L;

  /** Rows of one deployment. */
  public record OfOne(long number, List<Row> simulations, List<Row> timeline)
      implements Serializable {}

  private final Broadcast<ShippedSearch> shipped;
  private final Broadcast<PlannedRequests> requests;
  private final int most;
  private final Routing routing;
  private final String runId;

  private SimulatedRows(
      Broadcast<ShippedSearch> shipped,
      Broadcast<PlannedRequests> requests,
      int most,
      Routing routing,
      String runId) {
    this.shipped = shipped;
    this.requests = requests;
    this.most = most;
    this.routing = routing;
    this.runId = runId;
  }

  /**
   * @param most requests that each gets
   * @param chosen the numbers of the deployments
   */
  public static List<OfOne> of(
      SparkSession spark,
      Broadcast<ShippedSearch> shipped,
      Broadcast<PlannedRequests> requests,
      int most,
      Routing routing,
      String runId,
      List<Long> chosen) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return SparkJobs.described(
        spark,
        "simulate %d deployments".formatted(chosen.size()),
        () ->
            context
                .parallelize(chosen, chosen.size())
                .mapPartitions(new SimulatedRows(shipped, requests, most, routing, runId))
                .collect());
  }

  @Override
  public Iterator<OfOne> call(Iterator<Long> chosen) {
    ShippedSearch plan = shipped.value();
    DeploymentSearch search = new DeploymentSearch(plan.space(), plan.inputs());
    List<OfOne> rows = new ArrayList<>();
    while (chosen.hasNext()) {
      rows.add(simulated(plan, search, chosen.next()));
    }
    return rows.iterator();
  }

  private OfOne simulated(ShippedSearch plan, DeploymentSearch search, long number) {
    Deployment deployment = search.details(number);
    Deployment.Served closedForm = deployment.served().orElseThrow();
    Requests sent = requests.value().simulated(most);
    DoubleFunction<FleetSimulation> slowed =
        slowdown ->
            new FleetSimulation(
                size -> search.fleet(number, size, routing, slowdown),
                sent,
                plan.demand().levels());
    FleetSimulation.Outcome outcome = slowed.apply(1).run(closedForm.fleet());
    SimulatedBand band = SimulatedBand.of(outcome, closedForm.timesError(), slowed);
    PlannedDeployment planned = PlannedDeployment.of(plan, number);
    List<Row> simulations =
        outcome.points().stream()
            .map(
                point ->
                    SimulationTable.row(
                        new SimulatedPoint(
                            runId,
                            planned,
                            closedForm,
                            outcome,
                            band,
                            point,
                            search.expected(number, outcome.size(), point.load()))))
            .toList();
    FleetSize size = outcome.size();
    long decoding = size.decodeReplicas() > 0 ? size.decodeReplicas() : size.replicas();
    List<Row> timeline =
        TimelineTable.rows(runId, planned, decoding * deployment.poolTokens(), outcome);
    return new OfOne(number, List.copyOf(simulations), timeline);
  }
}
