package io.headroom.jobs.spark;

/**
 * The driver where YARN runs it, in its application master: that tells YARN how the application
 * ended, and must not be ended before.
 */
public final class YarnDriver {

  /** Tells the application master of a status other than 0. */
  private static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failed(int status) {
      super("exit status %d; the driver's stderr says why".formatted(status), null, false, false);
    }
  }

  private YarnDriver() {}

  /** Whether this process is one. */
  public static boolean isHere() {
    return "yarn".equals(System.getProperty("spark.master"))
        && "cluster".equals(System.getProperty("spark.submit.deployMode"));
  }

  /**
   * Ends the application with a status. The application master waits for the main method to return,
   * and takes that for success, or for it to throw.
   *
   * @throws RuntimeException if the status is not 0
   */
  public static void end(int status) {
    if (status != 0) {
      throw new Failed(status);
    }
  }
}
