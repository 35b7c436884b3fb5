package io.headroom.kvcache;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/**
 * What arrays take of the heap. The G1 collector gives an array of more than half a region whole
 * regions of its own, and the rest of the last one stays empty.
 */
public final class HeapArrays {
  /** The most elements that HotSpot gives an array. */
  public static final int LONGEST = Integer.MAX_VALUE - 8;

  private static final int HEADER_BYTES = 16;
  private static final long REGION_BYTES = g1RegionBytes();

  private HeapArrays() {}

  /** Why one KV head cannot have an array of so many elements, in one line; empty if it can. */
  public static Optional<String> tooLongForAHead(long elements) {
    return elements > LONGEST
        ? Optional.of(
            "one KV head needs an array of %d elements, more than %d".formatted(elements, LONGEST))
        : Optional.empty();
  }

  /** Bytes of heap that one array of so many elements takes in this process. */
  public static long bytes(long elements, int elementBytes) {
    return bytes(elements, elementBytes, REGION_BYTES);
  }

  /**
   * @param regionBytes of G1; 0: another collector
   */
  static long bytes(long elements, int elementBytes, long regionBytes) {
    long bytes = HEADER_BYTES + elements * elementBytes;
    if (regionBytes == 0 || bytes <= regionBytes / 2) {
      return bytes;
    }
    return (bytes + regionBytes - 1) / regionBytes * regionBytes;
  }

  private static long g1RegionBytes() {
    HotSpotDiagnosticMXBean vm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (vm == null || !Boolean.parseBoolean(vm.getVMOption("UseG1GC").getValue())) {
      return 0;
    }
    return Long.parseLong(vm.getVMOption("G1HeapRegionSize").getValue());
  }
}
