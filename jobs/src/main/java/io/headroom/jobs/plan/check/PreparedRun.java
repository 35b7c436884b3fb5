package io.headroom.jobs.plan.check;

import io.headroom.plan.serving.ClosedLoop;
import io.headroom.plan.serving.EngineScheduler;
import io.headroom.plan.serving.RequestShape;
import io.headroom.plan.time.EngineCosts;
import io.headroom.plan.time.StepLoad;
import io.headroom.plan.time.StepTable;
import io.headroom.plan.time.StepTime;
import java.util.List;

/**
 * A run with all that its prediction needs, an engine's costs excepted.
 *
 * @param ranks that attend to sequences of their own
 * @param poolTokens that the caches of all ranks hold
 */
record PreparedRun(
    ServedRun run,
    StepTable table,
    EngineScheduler engine,
    int ranks,
    long poolTokens,
    List<RequestShape> requests) {
  PreparedRun {
    requests = List.copyOf(requests);
  }

  /** With what its steps are like: how wrong they may be, and what they rest on. */
  PredictedRun predicted(EngineCosts costs) {
    double kept = run.inputTokens() + run.outputTokens() / 2.0;
    StepTime step = table.time(StepLoad.decode(Math.min(run.concurrency(), mostRunning()), kept));
    ClosedLoop.Result result = predict(costs);
    return new PredictedRun(
        result.ttftMillis(),
        result.tpotMillis(),
        costs.ttftError(),
        Math.hypot(step.relativeError(), costs.tpotError()),
        step.basis());
  }

  private double mostRunning() {
    return Math.max(1, (double) poolTokens / (run.inputTokens() + run.outputTokens()));
  }

  ClosedLoop.Result predict(EngineCosts costs) {
    return ClosedLoop.run(
        load -> costs.millis(table.step(load), run.version()),
        engine,
        ranks,
        poolTokens,
        requests,
        run.concurrency());
  }
}
