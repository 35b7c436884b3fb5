package io.headroom.jobs;

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

  @Override
  public SparkSession get() {
    if (started != null) {
      return started;
    }
    if (SparkSession.getActiveSession().isDefined()) {
      return SparkSession.getActiveSession().get();
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
