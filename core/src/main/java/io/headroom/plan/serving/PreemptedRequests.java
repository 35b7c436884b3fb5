package io.headroom.plan.serving;

/** What requests had when they gave way, and when: most never do. */
final class PreemptedRequests {
  private final int count;
  private int[] hadTokens = new int[0];
  private double[] millis = new double[0];

  /**
   * @param count of all requests
   */
  PreemptedRequests(int count) {
    this.count = count;
  }

  /** Tokens that a request had generated; 0 where it never gave way. */
  int had(int request) {
    return hadTokens.length == 0 ? 0 : hadTokens[request];
  }

  double millis(int request) {
    return millis[request];
  }

  void add(int request, int had, double now) {
    if (hadTokens.length == 0) {
      hadTokens = new int[count];
      millis = new double[count];
    }
    hadTokens[request] = had;
    millis[request] = now;
  }
}
