package io.headroom.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("alone")
class ResourceUsageTest {
  private static final long BUSY_NANOS = 100_000_000;
  private static final int TRIALS = 20;
  private static final long ARRAY_BYTES = 8 << 20;

  /** Array headers, and what the test itself allocates. */
  private static final long ALLOCATION_TOLERANCE = 1 << 20;

  /** Written so that the loop and the arrays are not left out. */
  private static volatile Object kept;

  @Test
  void allocationIsCounted() {
    ResourceUsage before = ResourceUsage.now(1);
    for (int i = 0; i < 10; i++) {
      kept = new byte[(int) ARRAY_BYTES];
    }
    ResourceUsage used = ResourceUsage.now(1).minus(before);

    assertThat(used.allocatedBytes())
        .isBetween(10 * ARRAY_BYTES, 10 * ARRAY_BYTES + ALLOCATION_TOLERANCE);
    assertThat(used.gcMillis()).isNotNegative();
  }

  @Test
  void aBusyThreadUsesItsProcessor() {
    // Others may take the processor away for some trials, not for all.
    double most = 0;
    for (int trial = 0; trial < TRIALS && most < 0.8; trial++) {
      most = Math.max(most, busy().cpuWallRatio(1));
    }

    assertThat(most).isBetween(0.8, 1.05);
  }

  @Test
  void aWaitingThreadUsesNone() throws InterruptedException {
    ResourceUsage before = ResourceUsage.now(1);
    Thread.sleep(50);
    ResourceUsage used = ResourceUsage.now(1).minus(before);

    assertThat(used.wallNanos()).isGreaterThanOrEqualTo(50_000_000);
    assertThat(used.cpuWallRatio(1)).isLessThan(0.5);
  }

  @Test
  void severalThreadsAreCountedInTheWholeProcess() throws InterruptedException {
    ResourceUsage before = ResourceUsage.now(2);
    Thread other = new Thread(ResourceUsageTest::busy);
    other.start();
    other.join();
    ResourceUsage used = ResourceUsage.now(2).minus(before);

    // The calling thread slept; the processor time is the other's.
    assertThat(used.cpuNanos()).isGreaterThan(BUSY_NANOS / 10);
  }

  @Test
  void stretchesAddUp() {
    ResourceUsage usage = new ResourceUsage(100, 90, 3, 4000);

    assertThat(usage.plus(ResourceUsage.NONE)).isEqualTo(usage);
    assertThat(usage.plus(new ResourceUsage(1, 2, 3, 4)))
        .isEqualTo(new ResourceUsage(101, 92, 6, 4004));
    assertThat(usage.plus(usage).minus(usage)).isEqualTo(usage);
    assertThat(usage.cpuWallRatio(1)).isCloseTo(0.9, within(1e-12));
    assertThat(usage.cpuWallRatio(2)).isCloseTo(0.45, within(1e-12));
    assertThat(ResourceUsage.NONE.cpuWallRatio(1)).isNaN();
  }

  private static ResourceUsage busy() {
    ResourceUsage before = ResourceUsage.now(1);
    long began = System.nanoTime();
    long count = 0;
    while (System.nanoTime() - began < BUSY_NANOS) {
      count++;
    }
    kept = count;
    return ResourceUsage.now(1).minus(before);
  }
}
