package io.headroom.jobs.spark;

import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * Queries that Spark interprets. Otherwise it compiles a class for every step of one, which pays
 * where many rows go through it; to summarise the thousand rows of a sweep is done before that, and
 * the whole sweep then ends a fifth to a quarter sooner.
 */
public final class InterpretedQueries {
  /** Where reading the rows of earlier runs takes as long either way. */
  public static final long MOST_ROWS = 5_000;

  private static final Map<String, String> SETTINGS =
      Map.of(
          "spark.sql.codegen.wholeStage", "false", "spark.sql.codegen.factoryMode", "NO_CODEGEN");

  private InterpretedQueries() {}

  /**
   * The session, or where so few rows are to be queried another one of the same Spark; what the
   * user has set stays.
   */
  public static SparkSession forFew(SparkSession spark, long rows) {
    if (rows > MOST_ROWS) {
      return spark;
    }
    SparkSession interpreting = spark.newSession();
    SETTINGS.forEach(
        (name, value) -> {
          if (!spark.sparkContext().conf().contains(name)) {
            interpreting.conf().set(name, value);
          }
        });
    return interpreting;
  }
}
