package io.headroom.plan.search;

/**
 * From the arrival of a request to its first token: the rest of the step that runs, a wait for
 * prompts that came before with an exponential tail, and the request's own steps.
 *
 * @param ownMillis steps of requests of several lengths
 * @param weights of these lengths; they sum up to 1
 * @param restMillis of the running step, on average
 * @param busy the part of the requests that find prompts before them
 * @param waitMillis of these, on average
 */
record TtftTail(
    double[] ownMillis, double[] weights, double restMillis, double busy, double waitMillis)
    implements LatencyTail {

  /** Three points that stand for a uniform distribution from 0 to twice its mean (Gauss). */
  private static final double[] UNIFORM = {0.2254033, 1, 1.7745967};

  private static final double[] UNIFORM_WEIGHTS = {5 / 18.0, 8 / 18.0, 5 / 18.0};

  @Override
  public double above(double millis) {
    double above = 0;
    for (int i = 0; i < ownMillis.length; i++) {
      above += weights[i] * waitAbove(millis - ownMillis[i]);
    }
    return above;
  }

  private double waitAbove(double millis) {
    double above = 0;
    for (int i = 0; i < UNIFORM.length; i++) {
      double left = millis - restMillis * UNIFORM[i];
      above += UNIFORM_WEIGHTS[i] * (left < 0 ? 1 : busy * Math.exp(-left / waitMillis));
    }
    return above;
  }
}
