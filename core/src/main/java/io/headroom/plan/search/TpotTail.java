package io.headroom.plan.search;

/**
 * What a token of a request takes on average over the request: a step that decodes, and a gamma
 * distributed part of the steps that run prompts beside it, the more even the more tokens.
 *
 * @param decodeMillis of a step that decodes
 * @param promptMillis that prompts add to a step, on average
 * @param variance of what prompts add to one step, in square milliseconds
 * @param outputs decode steps of requests
 */
record TpotTail(
    double decodeMillis, double promptMillis, double variance, RequestMix.Points outputs)
    implements LatencyTail {

  @Override
  public double above(double millis) {
    double above = 0;
    for (int i = 0; i < outputs.count(); i++) {
      double ofRequest = variance / outputs.values()[i];
      above += outputs.weights()[i] * Tails.gamma(millis - decodeMillis, promptMillis, ofRequest);
    }
    return above;
  }
}
