package io.headroom.jobs.spark;

import java.util.function.Supplier;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;

/** How jobs are named in Spark's UI. */
public final class SparkJobs {
  private static final String DESCRIPTION = "spark.job.description";

  private SparkJobs() {}

  /** Runs Spark jobs under a description, and puts the former one back. */
  public static <T> T described(SparkSession spark, String description, Supplier<T> jobs) {
    SparkContext context = spark.sparkContext();
    String former = context.getLocalProperty(DESCRIPTION);
    context.setJobDescription(description);
    try {
      return jobs.get();
    } finally {
      context.setJobDescription(former);
    }
  }
}
