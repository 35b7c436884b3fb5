package io.headroom.jobs.spark;

import java.util.function.Function;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * Spark for the time of one command: started when first asked for, and stopped at the end. A
 * process has one session at a time; one that ran before the command serves for everything and goes
 * on running.
 */
public final class SparkLease implements AutoCloseable {
  private final String name;
  private SparkSession started;
  private boolean measures;

  /**
   * @param name what Spark's UI calls the application
   */
  public SparkLease(String name) {
    this.name = name;
  }

  /** To read in: a task has one core. Once there is a session to measure in, that one. */
  public SparkSession analysing() {
    return current(AnalysingSpark::start);
  }

  /**
   * To read in what will be measured: the session to measure in, or where that would read one task
   * at a time another one, which ends when measuring begins.
   *
   * @throws io.headroom.UserException if Spark's configuration does not allow to measure
   */
  public SparkSession beforeMeasuring() {
    return MeasuringSpark.readsTaskByTask(new SparkConf()) ? analysing() : measuring();
  }

  /**
   * To measure in, see {@link MeasuringSpark}.
   *
   * @throws io.headroom.UserException if Spark's configuration does not allow to measure
   */
  public SparkSession measuring() {
    if (started != null && !measures) {
      close();
    }
    SparkSession session = current(MeasuringSpark::start);
    MeasuringSpark.requireExclusive(session.sparkContext().conf());
    measures = true;
    return session;
  }

  private SparkSession current(Function<String, SparkSession> start) {
    if (started != null) {
      return started;
    }
    if (SparkSession.getActiveSession().isDefined()) {
      return SparkSession.getActiveSession().get();
    }
    started = start.apply(name);
    return started;
  }

  @Override
  public void close() {
    if (started != null) {
      started.stop();
      started = null;
    }
  }
}
