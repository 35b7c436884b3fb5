package io.headroom.jobs.spark;

import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/**
 * Spark for the time of one command: started when first asked for, and stopped at the end unless it
 * ran before.
 */
public final class SparkLease implements Supplier<SparkSession>, AutoCloseable {
  private final String name;
  private SparkSession started;

  /**
   * @param name what Spark's UI calls the application
   */
  public SparkLease(String name) {
    this.name = name;
  }

  /**
   * @throws io.headroom.UserException if Spark's configuration does not allow to measure
   */
  @Override
  public SparkSession get() {
    if (started != null) {
      return started;
    }
    if (SparkSession.getActiveSession().isDefined()) {
      SparkSession active = SparkSession.getActiveSession().get();
      SparkSessions.requireExclusive(active.sparkContext().conf());
      return active;
    }
    started = SparkSessions.measuring(name);
    return started;
  }

  @Override
  public void close() {
    if (started != null) {
      started.stop();
    }
  }
}
