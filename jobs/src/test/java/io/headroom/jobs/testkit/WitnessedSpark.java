package io.headroom.jobs.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Configures the Spark that commands of a test start by themselves, on two cores of this machine,
 * and remembers the jobs that they ran in it.
 */
public final class WitnessedSpark implements BeforeEachCallback, AfterEachCallback {
  private static final Map<String, String> CONFIGURATION =
      Map.of(
          "spark.master",
          "local[2]",
          "spark.driver.host",
          "127.0.0.1",
          "spark.driver.bindAddress",
          "127.0.0.1",
          "spark.ui.enabled",
          "false",
          "spark.sql.shuffle.partitions",
          "2",
          "spark.sql.warehouse.dir",
          "target/spark-warehouse",
          "spark.extraListeners",
          Witness.class.getName());

  /** Guarded by itself, as the count is. */
  private static final List<Job> JOBS = new ArrayList<>();

  private static int applications;

  private final List<String> properties = new ArrayList<>();

  /**
   * A job that was started.
   *
   * @param description of it in Spark's UI; empty if it has none
   * @param taskCores of its tasks, unless its stages say otherwise
   */
  public record Job(String description, int taskCores) {}

  /** Made by every context that starts. */
  public static final class Witness extends SparkListener {
    private final int taskCores;

    public Witness(SparkConf conf) {
      taskCores = conf.getInt("spark.task.cpus", 1);
      synchronized (JOBS) {
        applications++;
      }
    }

    @Override
    public void onJobStart(SparkListenerJobStart start) {
      synchronized (JOBS) {
        JOBS.add(new Job(start.properties().getProperty("spark.job.description", ""), taskCores));
      }
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    CONFIGURATION.forEach(this::set);
    synchronized (JOBS) {
      JOBS.clear();
      applications = 0;
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    properties.forEach(System::clearProperty);
    properties.clear();
  }

  /** For the rest of the test. */
  public void set(String key, String value) {
    System.setProperty(key, value);
    properties.add(key);
  }

  /** Of the commands that ended; they stop their Spark, which waits until all jobs are told. */
  public List<Job> jobs() {
    synchronized (JOBS) {
      return List.copyOf(JOBS);
    }
  }

  /** Contexts that were started. */
  public int applications() {
    synchronized (JOBS) {
      return applications;
    }
  }
}
