package io.headroom.host;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/**
 * What a stretch of work used.
 *
 * @param wallNanos time passed
 * @param cpuNanos processor time: of the calling thread for single-threaded work, of the whole
 *     process otherwise
 * @param gcMillis time the collectors report
 * @param allocatedBytes heap that the calling thread allocated
 */
public record ResourceUsage(long wallNanos, long cpuNanos, long gcMillis, long allocatedBytes) {

  public static final ResourceUsage NONE = new ResourceUsage(0, 0, 0, 0);

  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final com.sun.management.OperatingSystemMXBean PROCESS =
      (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /** The counters now; what was used since is {@code now(threads).minus(earlier)}. */
  public static ResourceUsage now(int threads) {
    long cpuNanos = threads == 1 ? THREADS.getCurrentThreadCpuTime() : PROCESS.getProcessCpuTime();
    long gcMillis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      gcMillis += Math.max(0, collector.getCollectionTime());
    }
    long allocatedBytes = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    return new ResourceUsage(System.nanoTime(), cpuNanos, gcMillis, allocatedBytes);
  }

  public ResourceUsage minus(ResourceUsage earlier) {
    return new ResourceUsage(
        wallNanos - earlier.wallNanos,
        cpuNanos - earlier.cpuNanos,
        gcMillis - earlier.gcMillis,
        allocatedBytes - earlier.allocatedBytes);
  }

  public ResourceUsage plus(ResourceUsage other) {
    return new ResourceUsage(
        wallNanos + other.wallNanos,
        cpuNanos + other.cpuNanos,
        gcMillis + other.gcMillis,
        allocatedBytes + other.allocatedBytes);
  }

  /**
   * Processor time over wall time and thread; well below 1 means that others took the processor.
   */
  public double cpuWallRatio(int threads) {
    return wallNanos == 0 ? Double.NaN : (double) cpuNanos / wallNanos / threads;
  }
}
