package io.headroom.jobs.plan;

import io.headroom.plan.serving.ClosedLoop;
import io.headroom.plan.serving.EngineScheduler;
import io.headroom.plan.serving.RequestShape;
import io.headroom.plan.time.EngineCosts;
import io.headroom.plan.time.StepTable;
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
