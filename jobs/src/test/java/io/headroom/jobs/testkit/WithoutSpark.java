package io.headroom.jobs.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.scheduler.SparkListener;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails every test of a class in which a Spark context is started, even if it is stopped again. */
public final class WithoutSpark implements BeforeEachCallback, AfterEachCallback {
  private static final String LISTENERS = "spark.extraListeners";
  private static final AtomicBoolean STARTED = new AtomicBoolean();

  /** Every context that starts makes one. */
  public static final class Witness extends SparkListener {
    public Witness() {
      STARTED.set(true);
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    STARTED.set(false);
    System.setProperty(LISTENERS, Witness.class.getName());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    System.clearProperty(LISTENERS);
    assertThat(STARTED).as("a Spark context was started").isFalse();
  }
}
