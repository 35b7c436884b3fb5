package io.headroom.jobs.plan;

import io.headroom.jobs.plan.demand.DemandModel;
import io.headroom.jobs.plan.demand.DemandTable;
import io.headroom.jobs.plan.demand.TraceDemand;
import io.headroom.jobs.plan.rows.PlannedDeployment;
import io.headroom.jobs.plan.search.ShippedSearch;
import io.headroom.jobs.traces.Trace;
import io.headroom.kvcache.KvFormat;
import io.headroom.model.ModelSpec;
import io.headroom.plan.search.Deployment;
import io.headroom.plan.search.DeploymentSearch;
import io.headroom.plan.search.FoundDeployment;
import io.headroom.plan.search.SearchTally;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * What a whole trace asks for, minute by minute, of the cheapest deployment of every model: a fleet
 * that grows and shrinks with it.
 */
final class WeekDemand {
  private final SparkSession spark;
  private final ShippedSearch plan;
  private final DeploymentSearch search;

  WeekDemand(SparkSession spark, ShippedSearch plan) {
    this.spark = spark;
    this.plan = plan;
    this.search = new DeploymentSearch(plan.space(), plan.inputs());
  }

  /** One row a minute and model. */
  Dataset<Row> rows(Trace trace, SearchTally tally) {
    List<Row> rows = new ArrayList<>();
    for (FoundDeployment cheapest : cheapestOfModels(tally)) {
      PlannedDeployment planned = PlannedDeployment.of(plan, cheapest.number());
      Deployment deployment = search.details(cheapest.number());
      TraceDemand demand = TraceDemand.of(trace, model(planned, deployment));
      for (Row minute : demand.rows()) {
        List<Object> values = new ArrayList<>();
        values.add(planned.id());
        values.add(planned.variant().spec().name());
        values.add(planned.accelerator());
        for (int i = 0; i < minute.size(); i++) {
          values.add(minute.get(i));
        }
        rows.add(RowFactory.create(values.toArray()));
      }
    }
    return spark.createDataFrame(rows, DemandTable.SCHEMA).coalesce(1);
  }

  private List<FoundDeployment> cheapestOfModels(SearchTally tally) {
    Map<String, FoundDeployment> cheapest = new TreeMap<>();
    tally.best().values().stream()
        .map(found -> found.get(0))
        .filter(found -> !PlannedDeployment.of(plan, found.number()).disaggregated())
        .sorted(Comparator.comparing(found -> found, FoundDeployment.BEST_FIRST))
        .forEach(
            found ->
                cheapest.putIfAbsent(
                    PlannedDeployment.of(plan, found.number()).variant().spec().name(), found));
    return List.copyOf(cheapest.values());
  }

  private DemandModel model(PlannedDeployment planned, Deployment deployment) {
    Deployment.Served served = deployment.served().orElseThrow();
    ModelSpec spec = planned.variant().spec();
    KvFormat format = planned.kvFormat();
    double bytesOfToken = spec.kvBytesPerToken(format);
    return new DemandModel(
        served.ttftMillis(),
        served.tpotMillis(),
        bytesOfToken,
        spec.stateBytes(format),
        deployment.poolTokens() * bytesOfToken,
        served.requestsPerSecond(),
        served.promptTokenMillis(),
        served.outputTokenMillis(),
        planned.parallel().accelerators());
  }
}
