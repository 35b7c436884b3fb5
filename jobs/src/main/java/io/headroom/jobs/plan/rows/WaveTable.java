package io.headroom.jobs.plan.rows;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.headroom.plan.search.FoundDeployment;
import io.headroom.plan.search.Limit;
import io.headroom.plan.search.Reason;
import io.headroom.plan.search.SearchTally;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of {@code waves}: what the search kept of each wave, from which a run that was killed
 * goes on. A wave has at least one row.
 */
public final class WaveTable {
  /** Its folder among the results. */
  public static final String NAME = "waves";

  /** What tells its rows apart. */
  public static final List<String> KEY = List.of("wave", "kind", "question", "model", "number");

  private static final String REASON = "reason";

  public static final StructType SCHEMA =
      new StructType()
          .add("wave", IntegerType)
          .add("kind", StringType)
          .add("question", IntegerType)
          .add("model", StringType)
          .add("limit", StringType)
          .add("number", LongType)
          .add("count", LongType)
          .add("cost", DoubleType)
          .add("accelerators", LongType)
          .add("fleet_requests_per_second", DoubleType)
          .add("tpot_mean_ms", DoubleType)
          .add("kv_saving", DoubleType)
          .add(REASON, StringType);

  /** Columns that came when there were waves already. */
  public static final Set<String> ADDED = Set.of(REASON);

  private static final String BEST = "best";
  private static final String FRONT = "front";
  private static final String FEASIBLE = "feasible";
  private static final String INFEASIBLE = "infeasible";

  private WaveTable() {}

  /** Rows of a wave. */
  public static List<Row> rows(int wave, SearchTally tally) {
    List<Row> rows = new ArrayList<>();
    tally
        .best()
        .forEach(
            (question, found) ->
                found.forEach(one -> rows.add(row(wave, BEST, question, null, one))));
    tally
        .fronts()
        .forEach(
            (model, found) -> found.forEach(one -> rows.add(row(wave, FRONT, null, model, one))));
    tally
        .feasible()
        .forEach(
            (question, count) -> rows.add(counted(wave, FEASIBLE, question, null, null, count)));
    tally
        .infeasible()
        .forEach(
            (question, counts) ->
                counts.forEach(
                    (reason, count) ->
                        rows.add(
                            counted(
                                wave,
                                INFEASIBLE,
                                question,
                                reason,
                                count.first(),
                                count.count()))));
    return rows;
  }

  private static Row row(
      int wave, String kind, Integer question, String model, FoundDeployment found) {
    return RowFactory.create(
        wave,
        kind,
        question,
        model,
        null,
        found.number(),
        1L,
        found.cost(),
        found.accelerators(),
        found.requestsPerSecond(),
        found.tpotMillis(),
        found.kvSaving(),
        null);
  }

  private static Row counted(
      int wave, String kind, int question, Reason reason, Long first, long count) {
    return RowFactory.create(
        wave,
        kind,
        question,
        null,
        reason == null ? null : reason.limit().label(),
        first,
        count,
        null,
        null,
        null,
        null,
        null,
        reason == null ? null : reason.words());
  }

  /** Adds to a tally what rows say that {@link #rows} made. */
  public static void addTo(SearchTally tally, List<Row> rows) {
    for (Row row : rows) {
      switch (row.getString(1)) {
        case BEST -> tally.keep(row.getInt(2), found(row));
        case FRONT -> tally.keepInFront(row.getString(3), found(row));
        case FEASIBLE -> tally.countFeasible(row.getInt(2), row.getLong(6));
        default ->
            tally.countInfeasible(
                row.getInt(2), reason(row), new SearchTally.Count(row.getLong(6), row.getLong(5)));
      }
    }
  }

  private static Reason reason(Row row) {
    String words = row.getString(12);
    return new Reason(
        Limit.valueOf(row.getString(4).toUpperCase(Locale.ROOT)), words == null ? "" : words);
  }

  private static FoundDeployment found(Row row) {
    return new FoundDeployment(
        row.getLong(5),
        row.getDouble(7),
        row.getLong(8),
        row.getDouble(9),
        row.getDouble(10),
        row.getDouble(11));
  }
}
