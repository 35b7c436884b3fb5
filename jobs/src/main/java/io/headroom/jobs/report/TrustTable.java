package io.headroom.jobs.report;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import io.headroom.jobs.measurements.Axis;
import io.headroom.jobs.measurements.QuietTimes;
import io.headroom.jobs.measurements.Status;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** How far rows can be trusted: counts by configuration, and the reasons of those without times. */
final class TrustTable {
  private static final int LONGEST_REASON = 300;

  private TrustTable() {}

  /**
   * Each row is counted once as quiet, noisy, unsteady (and not noisy), unsupported or failed; and
   * again where its samples are too few for a confidence interval, a p90 or a p99.
   */
  static Dataset<Row> counts(Dataset<Row> measurements, int most) {
    Column ok = is(Status.OK);
    Column quiet = QuietTimes.isQuiet();
    Column steady = coalesce(col("steady"), lit(true));
    Column decoded = ok.and(col("decode_ns_p50").isNotNull());
    return measurements
        .groupBy(axes())
        .agg(
            count(lit(1)).as("rows"),
            countOf(ok.and(quiet).and(steady)).as("quiet"),
            countOf(ok.and(not(quiet))).as("noisy"),
            countOf(ok.and(quiet).and(not(steady))).as("unsteady"),
            countOf(ok.and(not(steady))).as("unsteady_rows"),
            countOf(is(Status.UNSUPPORTED)).as("unsupported"),
            countOf(is(Status.FAILED)).as("failed"),
            countOf(col("assumed")).as("assumed"),
            countOf(decoded.and(col("decode_ns_p50_low").isNull())).as("no_interval"),
            countOf(decoded.and(col("decode_ns_p90").isNull())).as("no_p90"),
            countOf(decoded.and(col("decode_ns_p99").isNull())).as("no_p99"))
        .orderBy(Axis.byHeads().toArray(Column[]::new))
        .limit(most);
  }

  /** Why rows are unsupported or failed, the most frequent reasons first. */
  static Dataset<Row> reasons(Dataset<Row> measurements, int most) {
    return measurements
        .where(not(is(Status.OK)))
        .groupBy(
            Stream.concat(
                    Stream.of(col("status"), col("reason").substr(1, LONGEST_REASON).as("reason")),
                    Stream.of(axes()))
                .toArray(Column[]::new))
        .agg(count(lit(1)).as("rows"))
        .orderBy(
            Stream.of(
                    Stream.of(col("rows").desc(), col("status")),
                    Axis.byHeads(),
                    Stream.of(col("reason")))
                .flatMap(columns -> columns)
                .toArray(Column[]::new))
        .limit(most);
  }

  private static Column[] axes() {
    return Axis.allColumns().stream().map(functions::col).toArray(Column[]::new);
  }

  private static Column is(Status status) {
    return col("status").equalTo(status.label());
  }

  private static Column countOf(Column condition) {
    return count(when(condition, 1));
  }
}
