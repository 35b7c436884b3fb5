package io.headroom.jobs.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Configures the Spark that commands of a test start by themselves, on two cores of this machine,
 * and remembers the stages that they ran in it.
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

  /** Guarded by itself, as the count is. Of a local master all have the same cores. */
  private static final List<SparkStage> STAGES = new ArrayList<>();

  private static int applications;

  private final List<String> properties = new ArrayList<>();

  /** Made by every context that starts. */
  public static final class Witness extends SparkListener {
    private final int taskCores;

    public Witness(SparkConf conf) {
      taskCores = conf.getInt("spark.task.cpus", 1);
      synchronized (STAGES) {
        applications++;
      }
    }

    @Override
    public void onStageSubmitted(SparkListenerStageSubmitted submitted) {
      String description = submitted.properties().getProperty(SparkStage.DESCRIPTION, "");
      synchronized (STAGES) {
        STAGES.add(new SparkStage(description, taskCores));
      }
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    CONFIGURATION.forEach(this::set);
    synchronized (STAGES) {
      STAGES.clear();
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

  /** Of the commands that ended; they stop their Spark, which waits until all stages are told. */
  public List<SparkStage> stages() {
    synchronized (STAGES) {
      return List.copyOf(STAGES);
    }
  }

  /** Contexts that were started. */
  public int applications() {
    synchronized (STAGES) {
      return applications;
    }
  }
}
