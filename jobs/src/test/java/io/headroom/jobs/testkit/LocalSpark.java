package io.headroom.jobs.testkit;

import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One Spark of two cores for a test class, on the loopback address and without a UI, stopped after
 * the last test:
 *
 * <pre>{@code
 * @RegisterExtension static final LocalSpark SPARK = new LocalSpark();
 * }</pre>
 */
public final class LocalSpark implements BeforeAllCallback, AfterAllCallback {
  private static final String LOOPBACK = "127.0.0.1";

  private final int taskCores;
  private SparkSession session;

  /** Two tasks at a time. */
  public LocalSpark() {
    this(1);
  }

  /**
   * @param taskCores cores of a task, 1 or 2
   */
  public LocalSpark(int taskCores) {
    this.taskCores = taskCores;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    session =
        SparkSession.builder()
            .master("local[2]")
            .appName(context.getDisplayName())
            .config("spark.driver.host", LOOPBACK)
            .config("spark.driver.bindAddress", LOOPBACK)
            .config("spark.ui.enabled", "false")
            .config("spark.task.cpus", String.valueOf(taskCores))
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.warehouse.dir", "target/spark-warehouse")
            .getOrCreate();
    // Rows of tests are few: compiling classes for queries would take longer than all these run.
    session.conf().set("spark.sql.codegen.wholeStage", "false");
    session.conf().set("spark.sql.codegen.factoryMode", "NO_CODEGEN");
  }

  @Override
  public void afterAll(ExtensionContext context) {
    session.stop();
    SparkSession.clearActiveSession();
    SparkSession.clearDefaultSession();
  }

  public SparkSession session() {
    return session;
  }
}
