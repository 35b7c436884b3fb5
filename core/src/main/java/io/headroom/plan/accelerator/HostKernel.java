package io.headroom.plan.accelerator;

/**
 * What the tables of a host call one of its kernels.
 *
 * @param engine such as {@code vector}
 * @param detail what the engine chose of itself
 * @param threads that share a sequence
 * @param contention sequences that are measured side by side
 */
public record HostKernel(String engine, String detail, int threads, int contention) {
  private static final String THREADS = " threads=";

  /** As the column {@code kernel_source} has it. */
  public String source() {
    String alone = engine + " " + detail + THREADS + threads;
    return contention == 1 ? alone : alone + " contention=" + contention;
  }

  /** Whether a kernel has all threads of the data sheet, and the host for itself. */
  public static boolean isOfWhole(DataSheet sheet, String source) {
    return source.endsWith(THREADS + sheet.processors());
  }
}
