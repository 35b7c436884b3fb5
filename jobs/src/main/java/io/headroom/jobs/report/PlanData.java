package io.headroom.jobs.report;

import io.headroom.Rounding;
import io.headroom.UserException;
import io.headroom.jobs.deployments.DeploymentTables;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * What a page shows of plans: however many deployments there are, it is of bounded size.
 *
 * @param page by the names that the page's scripts have for it
 * @param rows read of all plans, deployments and what they do
 * @param points of the charts
 */
record PlanData(Map<String, Object> page, long rows, int points) {
  /** Each of all plans together. */
  static final int MOST_ANSWERS = 1_000;

  static final int MOST_IN_FRONT = 2_000;
  static final int MOST_LIMITS = 500;
  static final int MOST_REASONS = 200;

  /** Lines of the charts over rates and times. */
  static final int MOST_LINES = 24;

  static final int MOST_TIMES = 6_000;

  /** Of one line over the minutes of a trace, and of all such lines. */
  static final int MOST_MINUTES = 2_000;

  static final int MOST_DEMAND = 12_000;

  private static final int MOST_LOADS = 1_000;

  /**
   * @throws UserException if tables cannot be read
   */
  static PlanData read(List<PlanResults> plans, SparkSession spark) {
    return TableReading.of(
        "tables",
        plans.stream().map(PlanResults::path).toList(),
        () -> {
          Collected collected = new Collected(plans.size());
          plans.forEach(plan -> collected.add(plan, spark));
          return collected.data();
        });
  }

  /** The tables of the page, to which each plan adds its share. */
  private static final class Collected {
    private final int plans;
    private final List<Map<String, Object>> folders = new ArrayList<>();
    private final FolderRows answers = new FolderRows();
    private final FolderRows notSimulated = new FolderRows();
    private final FolderRows front = new FolderRows();
    private final FolderRows loads = new FolderRows();
    private final FolderRows times = new FolderRows();
    private final FolderRows demand = new FolderRows();
    private final FolderRows demanding = new FolderRows();
    private final FolderRows limits = new FolderRows();
    private final FolderRows reasons = new FolderRows();
    private long rows;

    Collected(int plans) {
      this.plans = plans;
    }

    void add(PlanResults plan, SparkSession spark) {
      Dataset<Row> candidates = plan.rows(spark, DeploymentTables.CANDIDATES).cache();
      Dataset<Row> simulations = plan.rows(spark, DeploymentTables.SIMULATIONS).cache();
      try {
        rows += candidates.count() + simulations.count();
        folders.add(added(plan, spark, candidates, simulations));
      } finally {
        candidates.unpersist();
        simulations.unpersist();
      }
    }

    private Map<String, Object> added(
        PlanResults plan, SparkSession spark, Dataset<Row> candidates, Dataset<Row> simulations) {
      Dataset<Row> found = PlanTables.answers(simulations, candidates);
      List<Row> first = found.limit(share(MOST_ANSWERS) + 1).collectAsList();
      boolean hasAll = answers.add(folders.size(), found.columns(), first, share(MOST_ANSWERS));
      List<String> drawn = drawn(first, share(MOST_LINES));
      add(loads, PlanTables.loads(simulations, drawn), MOST_LOADS);
      add(limits, PlanTables.limits(candidates), MOST_LIMITS);

      Map<String, Object> folder = new LinkedHashMap<>();
      folder.put("name", plan.name());
      folder.put("path", plan.path());
      folder.put("manifest", PlanExcerpt.of(plan.manifest()));
      folder.put("asked", asked(candidates));
      folder.put("answers_left_out", !hasAll);
      folder.put(
          "not_simulated_left_out",
          !add(notSimulated, PlanTables.notSimulated(simulations, candidates), MOST_ANSWERS));
      Dataset<Row> frontier = plan.rows(spark, DeploymentTables.FRONTIER);
      folder.put("front_left_out", !add(front, PlanTables.front(frontier), MOST_IN_FRONT));
      Dataset<Row> timeline = plan.rows(spark, DeploymentTables.TIMELINE);
      folder.put("times_left_out", !add(times, PlanTables.times(timeline, drawn), MOST_TIMES));
      folder.put("demand_bucket_minutes", addDemand(plan, spark, candidates));
      folder.put("reasons_left_out", !add(reasons, PlanTables.reasons(candidates), MOST_REASONS));
      return folder;
    }

    /** Adds what a trace asks for; how many minutes go together. */
    private int addDemand(PlanResults plan, SparkSession spark, Dataset<Row> candidates) {
      Dataset<Row> minutes = plan.rows(spark, DeploymentTables.DEMAND);
      List<Row> lasts =
          minutes
              .groupBy("candidate_id")
              .agg(functions.max("minute").as("last"))
              .orderBy("candidate_id")
              .collectAsList();
      int points =
          Math.max(1, Math.min(MOST_MINUTES, share(MOST_DEMAND) / Math.max(1, lasts.size())));
      int length = lasts.stream().mapToInt(row -> row.<Integer>getAs("last") + 1).max().orElse(0);
      int bucketMinutes = (int) Math.max(1, Rounding.ceilDivide(length, points));
      add(demand, PlanTables.demand(minutes, bucketMinutes), MOST_DEMAND);
      List<String> ids = lasts.stream().map(row -> row.<String>getAs("candidate_id")).toList();
      add(demanding, PlanTables.deployments(candidates, ids), MOST_ANSWERS);
      return bucketMinutes;
    }

    /** Adds the first rows of the plan that comes next; false if there were more. */
    private boolean add(FolderRows to, Dataset<Row> table, int most) {
      return to.add(folders.size(), table.limit(share(most) + 1), share(most));
    }

    private int share(int most) {
      return Math.max(1, most / plans);
    }

    PlanData data() {
      Map<String, Object> page = new LinkedHashMap<>();
      page.put("folders", folders);
      page.put("answers", answers.asMap());
      page.put("not_simulated", notSimulated.asMap());
      page.put("front", front.asMap());
      page.put("loads", loads.asMap());
      page.put("times", times.asMap());
      page.put("demand", demand.asMap());
      page.put("demanding", demanding.asMap());
      page.put("limits", limits.asMap());
      page.put("reasons", reasons.asMap());
      return new PlanData(page, rows, front.size() + loads.size() + times.size() + demand.size());
    }
  }

  /** The best of every choice of heads and cache. */
  private static List<String> drawn(List<Row> answers, int most) {
    return answers.stream()
        .filter(row -> row.<Boolean>getAs("is_best"))
        .limit(most)
        .map(row -> row.<String>getAs("candidate_id"))
        .toList();
  }

  private static Map<String, Object> asked(Dataset<Row> candidates) {
    Dataset<Row> asked = PlanTables.asked(candidates);
    Map<String, Object> map = new LinkedHashMap<>();
    for (Row row : asked.collectAsList()) {
      for (String column : asked.columns()) {
        map.put(column, row.getAs(column));
      }
    }
    return map;
  }
}
