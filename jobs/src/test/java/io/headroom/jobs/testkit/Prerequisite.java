package io.headroom.jobs.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Assumptions;

/** What a test needs and not every machine has. */
public final class Prerequisite {
  private Prerequisite() {}

  /**
   * Skips the test where something is missing; in continuous integration ({@code CI=true}) that is
   * a failure.
   *
   * @param missing what, and how to get it; empty if nothing is
   */
  public static void require(String missing) {
    if ("true".equals(System.getenv("CI"))) {
      assertThat(missing).isEmpty();
    }
    Assumptions.assumeTrue(missing.isEmpty(), missing);
  }
}
