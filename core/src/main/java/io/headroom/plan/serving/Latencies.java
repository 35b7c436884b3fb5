package io.headroom.plan.serving;

/**
 * Of the completed requests of a run.
 *
 * @param outputTokens of all of them
 */
record Latencies(
    LatencyPercentiles ttft,
    LatencyPercentiles tpot,
    LatencyPercentiles endToEnd,
    LatencyPercentiles queueing,
    long outputTokens) {

  static Latencies of(Requests requests, Outcomes outcomes) {
    int count = requests.count();
    double[] ttft = new double[count];
    double[] tpot = new double[count];
    double[] endToEnd = new double[count];
    double[] queueing = new double[count];
    int completed = 0;
    int several = 0;
    long tokens = 0;
    for (int i = 0; i < count; i++) {
      if (!outcomes.isCompleted(i)) {
        continue;
      }
      double arrival = outcomes.arrivalMillis(i);
      ttft[completed] = outcomes.firstTokenMillis(i) - arrival;
      endToEnd[completed] = outcomes.endMillis(i) - arrival;
      queueing[completed] = outcomes.startMillis(i) - arrival;
      completed++;
      int output = requests.outputTokens(i);
      tokens += output;
      if (output > 1) {
        tpot[several++] = (outcomes.endMillis(i) - outcomes.firstTokenMillis(i)) / (output - 1);
      }
    }
    return new Latencies(
        LatencyPercentiles.of(ttft, completed),
        LatencyPercentiles.of(tpot, several),
        LatencyPercentiles.of(endToEnd, completed),
        LatencyPercentiles.of(queueing, completed),
        tokens);
  }
}
