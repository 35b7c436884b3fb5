package io.headroom.plan.serving;

import java.util.Arrays;

/**
 * The links over which replicas send keys and values, each of one request after another. A request
 * is on its link from its first token until all is sent.
 */
final class Links {
  private static final int NONE = -1;

  private final IntQueue[] queues;
  private final TimeHeap changes = new TimeHeap();

  /** Of a request: whose link it is on, and where it goes. */
  private final int[] source;

  private final int[] target;

  private int size;

  Links(int count, int requests) {
    this.queues = new IntQueue[count];
    Arrays.setAll(queues, link -> new IntQueue());
    this.source = new int[requests];
    this.target = new int[requests];
    Arrays.fill(target, NONE);
  }

  /** When next a request wants to be sent or has been sent; infinite where none is on its way. */
  double nextMillis() {
    return changes.firstMillis();
  }

  int takeNext() {
    return changes.removeFirst();
  }

  /** Will want to be sent from a time on. */
  void add(int request, int from, double millis) {
    source[request] = from;
    size++;
    changes.add(millis, request);
  }

  /** Whether it knows where it goes, so that it has been sent if something happens to it. */
  boolean isOnItsWay(int request) {
    return target[request] != NONE;
  }

  int source(int request) {
    return source[request];
  }

  int target(int request) {
    return target[request];
  }

  void goesTo(int request, int to) {
    target[request] = to;
  }

  void arrives(int request, double millis) {
    changes.add(millis, request);
  }

  /** Waits for its link; whether that is free. */
  boolean queue(int request) {
    IntQueue queue = queues[source[request]];
    queue.addLast(request);
    return queue.size() == 1;
  }

  /** Leaves its link; the next that waits for it, negative where none does. */
  int leave(int request) {
    IntQueue queue = queues[source[request]];
    queue.removeFirst();
    size--;
    return queue.isEmpty() ? NONE : queue.first();
  }

  /** Requests between their first token and the arrival of all that was sent. */
  int size() {
    return size;
  }
}
