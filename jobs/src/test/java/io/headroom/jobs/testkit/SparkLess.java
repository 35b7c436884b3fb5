package io.headroom.jobs.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkEnv;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Every test of the class must pass without Spark. A context that was started leaves its
 * environment in the process even when it is stopped: the marker put there must survive.
 */
public final class SparkLess implements BeforeEachCallback, AfterEachCallback {
  private SparkEnv former;

  @Override
  public void beforeEach(ExtensionContext context) {
    former = SparkEnv.get();
    SparkEnv.set(null);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    SparkEnv started = SparkEnv.get();
    SparkEnv.set(former);
    assertThat(started).as("environment of a Spark context that was started").isNull();
  }
}
