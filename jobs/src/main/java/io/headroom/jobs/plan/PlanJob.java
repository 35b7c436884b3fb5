package io.headroom.jobs.plan;

import io.headroom.jobs.cli.BuildInfo;
import io.headroom.jobs.cli.Units;
import io.headroom.jobs.deployments.DeploymentTables;
import io.headroom.jobs.deployments.PlannedSearch;
import io.headroom.jobs.deployments.SearchResult;
import io.headroom.jobs.plan.folder.PlanFolder;
import io.headroom.jobs.plan.prices.Price;
import io.headroom.jobs.plan.requests.PlannedRequests;
import io.headroom.jobs.plan.requests.RequestsReader;
import io.headroom.jobs.plan.rows.CandidateRows;
import io.headroom.jobs.plan.rows.CandidateTable;
import io.headroom.jobs.plan.rows.ChosenDeployments;
import io.headroom.jobs.plan.rows.KeptCandidate;
import io.headroom.jobs.plan.rows.PlannedDeployment;
import io.headroom.jobs.plan.rows.SimulatedRows;
import io.headroom.jobs.plan.rows.WaveTable;
import io.headroom.jobs.plan.search.ClusterSearch;
import io.headroom.jobs.plan.search.ShippedSearch;
import io.headroom.jobs.plan.settings.PlanSettings;
import io.headroom.jobs.plan.settings.PlanWorkload;
import io.headroom.jobs.results.Manifest;
import io.headroom.jobs.results.Provenance;
import io.headroom.jobs.results.ResultsKind;
import io.headroom.jobs.results.RunState;
import io.headroom.jobs.results.TableFiles;
import io.headroom.jobs.traces.Trace;
import io.headroom.plan.search.SearchTally;
import java.io.PrintStream;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Runs a plan: executors evaluate candidates wave by wave, the best of every question are looked at
 * closely, and the best of these are simulated. What is done when a run is killed is not done
 * again.
 */
final class PlanJob {
  private static final int BATCH_OF_CORE = 4;

  private final SparkSession spark;
  private final PlanPlanner planner;
  private final PlanSettings settings;
  private final PlannedRequests requests;
  private final int mostSimulated;
  private final String fingerprint;
  private final String runId;
  private final PlanFolder out;
  private final PrintStream messages;
  private final Broadcast<ShippedSearch> shipped;
  private final Optional<String> note;
  private final Optional<Trace> trace;

  /**
   * @param out locked by this run
   * @param read the requests
   * @param fingerprint of the plan for them
   * @param messages where progress goes
   */
  PlanJob(
      SparkSession spark,
      PlanPlanner planner,
      RequestsReader.Read read,
      String fingerprint,
      String runId,
      PlanFolder out,
      PrintStream messages) {
    this.spark = spark;
    this.planner = planner;
    this.settings = planner.settings();
    this.requests = read.requests();
    this.mostSimulated = settings.simulatedRequests(requests.requestsPerSecond());
    this.note = read.note();
    this.trace = read.trace();
    this.fingerprint = fingerprint;
    this.runId = runId;
    this.out = out;
    this.messages = messages;
    this.shipped =
        JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(planner.search(requests));
  }

  /** What is done when it returns is in the folder. */
  SearchResult run() {
    RunState run =
        RunState.begun(
            ResultsKind.PLAN,
            settings.name(),
            runId,
            Instant.now(),
            note.orElse(null),
            CandidateTable.SCHEMA_VERSION);
    PlannedSearch planned =
        new PlannedSearch(
            fingerprint,
            shipped.value().space().size(),
            (long) requests.count(),
            prices(),
            assumed());
    Provenance provenance = provenance();
    out.writeManifest(Manifest.of(run, planned, provenance));
    out.writeSettings(planner.file().render());
    out.prepare();

    SearchTally tally = search();
    replace(CandidateTable.NAME, KeptCandidate.candidates(tally));
    replace(CandidateTable.FRONTIER, KeptCandidate.front(tally));
    simulate(ChosenDeployments.of(tally, shipped.value().space(), settings.simulateBest()));
    demand(tally);
    SearchResult result = SearchResult.of(tally);
    out.writeManifest(
        Manifest.of(run.at(Instant.now(), RunState.DONE), planned, result, provenance));
    return result;
  }

  /** What the folder holds now, for people. */
  PlanAnswers answers() {
    return new PlanAnswers(
        spark.read().parquet(out.table(CandidateTable.NAME)),
        out.simulations(spark).read(),
        assumed());
  }

  private Map<String, List<String>> assumed() {
    return HostAssumptions.of(shipped.value().inputs().profiles());
  }

  private Map<String, PlannedSearch.PriceOf> prices() {
    Map<String, PlannedSearch.PriceOf> prices = new TreeMap<>();
    for (Map.Entry<String, Price> price : planner.prices().entrySet()) {
      prices.put(
          price.getKey(),
          new PlannedSearch.PriceOf(
              price.getValue().usdPerHour(),
              price.getValue().date().toString(),
              price.getValue().source()));
    }
    return prices;
  }

  private SearchTally search() {
    int kept = Math.max(1, settings.keepBest() / shipped.value().space().questions());
    ClusterSearch search = new ClusterSearch(spark, shipped, kept, settings.waveCandidates());
    TableFiles waves = out.waves(spark);
    SearchTally tally = new SearchTally(kept);
    Set<Integer> done = new HashSet<>();
    if (waves.requireWhole()) {
      List<Row> rows = waves.read().collectAsList();
      rows.forEach(row -> done.add(row.getInt(0)));
      WaveTable.addTo(tally, rows);
    }
    long size = shipped.value().space().size();
    long startNanos = System.nanoTime();
    long evaluated = 0;
    for (int wave = 0; wave < search.waves(); wave++) {
      if (done.contains(wave)) {
        continue;
      }
      SearchTally ofWave = search.run(wave);
      waves.add(WaveTable.rows(wave, ofWave));
      tally.add(ofWave);
      evaluated += Math.min(settings.waveCandidates(), size - wave * settings.waveCandidates());
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      messages.printf(
          "plan: wave %d of %d, %s candidates a second%n",
          wave + 1, search.waves(), Units.count(Math.round(evaluated / seconds)));
    }
    return tally;
  }

  private void replace(String table, List<KeptCandidate> kept) {
    Dataset<Row> rows = CandidateRows.of(spark, shipped, runId, kept, "rows of " + table);
    out.replace(table, rows);
  }

  /**
   * @param chosen the numbers of deployments
   */
  private void simulate(List<Long> chosen) {
    TableFiles simulations = out.simulations(spark);
    TableFiles timeline = out.timeline(spark);
    Set<String> simulated = ids(simulations);
    Set<String> timed = ids(timeline);
    List<Long> left = chosen.stream().filter(number -> !simulated.contains(id(number))).toList();
    if (left.isEmpty()) {
      return;
    }
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<PlannedRequests> sent = context.broadcast(requests);
    messages.printf(
        "plan: %s simulated for each deployment%n",
        Units.counted(requests.simulatedCount(mostSimulated), "request"));
    int batch = Math.max(1, BATCH_OF_CORE * context.defaultParallelism());
    for (int from = 0; from < left.size(); from += batch) {
      List<Long> some = left.subList(from, Math.min(left.size(), from + batch));
      List<SimulatedRows.OfOne> rows =
          SimulatedRows.of(spark, shipped, sent, mostSimulated, settings.routing(), runId, some);
      // What is in simulations is done: the timeline goes before.
      List<Row> times =
          rows.stream()
              .filter(one -> !timed.contains(id(one.number())))
              .flatMap(one -> one.timeline().stream())
              .toList();
      if (!times.isEmpty()) {
        timeline.add(times);
      }
      simulations.add(rows.stream().flatMap(one -> one.simulations().stream()).toList());
      messages.printf("plan: %d of %d deployments simulated%n", from + some.size(), left.size());
    }
  }

  /** Of a trace at its own rate: minutes of another one would not be minutes. */
  private void demand(SearchTally tally) {
    boolean atOwnRate =
        settings.workload() instanceof PlanWorkload.Traced traced && traced.rateScale() == 1;
    if (trace.isEmpty() || !atOwnRate || tally.best().isEmpty()) {
      return;
    }
    messages.println("plan: accelerators needed by the minute");
    out.replace(
        DeploymentTables.DEMAND, new WeekDemand(spark, shipped.value()).rows(trace.get(), tally));
  }

  private String id(long number) {
    return PlannedDeployment.of(shipped.value(), number).id();
  }

  private static Set<String> ids(TableFiles table) {
    Set<String> ids = new HashSet<>();
    if (table.requireWhole()) {
      table
          .read()
          .select(functions.col("candidate_id"))
          .distinct()
          .collectAsList()
          .forEach(row -> ids.add(row.getString(0)));
    }
    return ids;
  }

  private Provenance provenance() {
    BuildInfo build = BuildInfo.current();
    return Provenance.of(build.version(), build.commit(), spark, planner.file().values());
  }
}
