package io.headroom.attention.vector;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * Float arrays whose element {@link #START} lies where a cache line begins, if the collector is G1:
 * it puts arrays of more than half a region at a region's start. Vectors of 512 bits then never
 * cross two lines; the softmax, which stores as much as it loads, becomes twice as fast. Elsewhere
 * they are ordinary arrays.
 */
final class ScratchMemory {
  /** Behind 16 bytes of header, the first element on a line of 64 bytes. */
  static final int START = 12;

  private static final int LEAST_LENGTH = leastLength();

  private ScratchMemory() {}

  /** An array with room for so many numbers from {@link #START} on. */
  static float[] allocate(int length) {
    return new float[Math.max(Math.addExact(START, length), LEAST_LENGTH)];
  }

  /** More than half a region. */
  private static int leastLength() {
    HotSpotDiagnosticMXBean vm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (!Boolean.parseBoolean(vm.getVMOption("UseG1GC").getValue())) {
      return 0;
    }
    long regionBytes = Long.parseLong(vm.getVMOption("G1HeapRegionSize").getValue());
    return Math.toIntExact(regionBytes / 2 / Float.BYTES);
  }
}
