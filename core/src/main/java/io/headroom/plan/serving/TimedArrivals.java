package io.headroom.plan.serving;

import java.util.Arrays;

/** Requests at their own times, or so long after the one before them in their session. */
final class TimedArrivals implements PendingArrivals {
  private static final int NONE = Requests.NONE;

  private final Requests requests;
  private final TimeHeap following = new TimeHeap();

  /** The first that waits for a request, and the next that waits for the same. */
  private final int[] firstFollower;

  private final int[] nextFollower;
  private int next;

  TimedArrivals(Requests requests) {
    this.requests = requests;
    int count = requests.hasSessions() ? requests.count() : 0;
    this.firstFollower = new int[count];
    this.nextFollower = new int[count];
    Arrays.fill(firstFollower, NONE);
    for (int i = count - 1; i >= 0; i--) {
      int previous = requests.previous(i);
      if (previous != NONE) {
        nextFollower[i] = firstFollower[previous];
        firstFollower[previous] = i;
      }
    }
    skipFollowers();
  }

  @Override
  public double nextMillis() {
    return Math.min(ownMillis(), following.firstMillis());
  }

  private double ownMillis() {
    return next == requests.count() ? Double.POSITIVE_INFINITY : requests.arrivalMillis(next);
  }

  @Override
  public int takeNext() {
    double own = ownMillis();
    double other = following.firstMillis();
    boolean isFollower = other < own || (other == own && following.first() < next);
    if (isFollower) {
      return following.removeFirst();
    }
    int taken = next++;
    skipFollowers();
    return taken;
  }

  private void skipFollowers() {
    while (next < requests.count() && requests.previous(next) != NONE) {
      next++;
    }
  }

  @Override
  public boolean followEnds() {
    return requests.hasSessions();
  }

  @Override
  public void ended(int request, double millis) {
    if (!requests.hasSessions()) {
      return;
    }
    for (int i = firstFollower[request]; i != NONE; i = nextFollower[i]) {
      following.add(millis + requests.delayMillis(i), i);
    }
  }
}
