package io.headroom.jobs.plan.check;

import io.headroom.plan.accelerator.TimeBasis;

/**
 * What was predicted of a run.
 *
 * @param ttftError that nine of ten such predictions keep within, as a fraction
 * @param tpotError the same of TPOT: of the kernels' times, and of engines with other models
 * @param basis the least certain that its kernels' times rest on
 */
record PredictedRun(
    double ttftMillis, double tpotMillis, double ttftError, double tpotError, TimeBasis basis) {
  double leastTpotMillis() {
    return tpotMillis / (1 + tpotError);
  }

  double mostTpotMillis() {
    return tpotMillis * (1 + tpotError);
  }

  double leastTtftMillis() {
    return ttftMillis / (1 + ttftError);
  }

  double mostTtftMillis() {
    return ttftMillis * (1 + ttftError);
  }
}
