package io.headroom.plan.serving;

import java.util.Arrays;

/** What became of requests in one run: milliseconds, NaN of what has not happened. */
final class Outcomes {
  private final double[] arrivalMillis;
  private final double[] startMillis;
  private final double[] firstTokenMillis;
  private final double[] endMillis;

  /** Since when its keys and values were offered to the pool that decodes, and then: there. */
  private final double[] handedOverMillis;

  /** When the pool that decodes took it. */
  private final double[] decodeMillis;

  /**
   * @param handsOver whether a second pool decodes
   */
  Outcomes(int count, boolean handsOver) {
    this.arrivalMillis = notYet(count);
    this.startMillis = notYet(count);
    this.firstTokenMillis = notYet(count);
    this.endMillis = notYet(count);
    this.handedOverMillis = notYet(handsOver ? count : 0);
    this.decodeMillis = notYet(handsOver ? count : 0);
  }

  private static double[] notYet(int count) {
    double[] never = new double[count];
    Arrays.fill(never, Double.NaN);
    return never;
  }

  int count() {
    return arrivalMillis.length;
  }

  double arrivalMillis(int request) {
    return arrivalMillis[request];
  }

  /** When it was first admitted to an engine. */
  double startMillis(int request) {
    return startMillis[request];
  }

  double firstTokenMillis(int request) {
    return firstTokenMillis[request];
  }

  double endMillis(int request) {
    return endMillis[request];
  }

  double handedOverMillis(int request) {
    return handedOverMillis[request];
  }

  /** All that it waited before its prompt was begun, and between its first token and its second. */
  double waitedMillis(int request) {
    double queued = startMillis[request] - arrivalMillis[request];
    boolean wasHandedOver = decodeMillis.length > 0 && !Double.isNaN(decodeMillis[request]);
    return wasHandedOver ? queued + decodeMillis[request] - firstTokenMillis[request] : queued;
  }

  boolean isCompleted(int request) {
    return !Double.isNaN(endMillis[request]);
  }

  void arrived(int request, double millis) {
    arrivalMillis[request] = millis;
  }

  /** Whether it is the first time. */
  boolean started(int request, double millis) {
    if (!Double.isNaN(startMillis[request])) {
      return false;
    }
    startMillis[request] = millis;
    return true;
  }

  void hasFirstToken(int request, double millis) {
    firstTokenMillis[request] = millis;
  }

  void handedOver(int request, double millis) {
    handedOverMillis[request] = millis;
  }

  void decodes(int request, double millis) {
    decodeMillis[request] = millis;
  }

  void ended(int request, double millis) {
    endMillis[request] = millis;
  }
}
