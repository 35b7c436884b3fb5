package io.headroom.plan.search;

import io.headroom.plan.search.SearchSpace.Choice;
import io.headroom.plan.serving.ColocatedFleet;
import io.headroom.plan.serving.DisaggregatedFleet;
import io.headroom.plan.serving.EngineScheduler;
import io.headroom.plan.serving.Fleet;
import io.headroom.plan.serving.ReplicaSetup;
import io.headroom.plan.serving.Routing;
import io.headroom.plan.serving.StepClock;
import io.headroom.plan.time.StepLimits;
import io.headroom.plan.time.StepTable;

/** Fleets of deployments as they are simulated. Sizes of one deployment share their tables. */
final class SearchFleets {
  private static final double MILLIS_PER_SECOND = 1e3;

  /** What a transfer between pools takes beside its bytes. */
  private static final double LINK_MILLIS = 1;

  /** Prompts of a step that are tabulated. */
  private static final int MOST_PROMPTS = 64;

  private final SearchSpace space;
  private final SearchInputs inputs;
  private Choice ofLast;
  private ReplicaSetup last;

  SearchFleets(SearchSpace space, SearchInputs inputs) {
    this.space = space;
    this.inputs = inputs;
  }

  /**
   * @param slowdown what steps take of their predicted time
   */
  Fleet fleet(
      Choice choice,
      SearchSteps steps,
      SearchPools pools,
      FleetSize size,
      Routing routing,
      double slowdown) {
    if (!choice.equals(ofLast)) {
      last = replica(choice, steps, pools);
      ofLast = choice;
    }
    ReplicaSetup replica = slowdown == 1 ? last : last.slowed(slowdown);
    int replicas = Math.toIntExact(size.replicas());
    if (size.decodeReplicas() == 0) {
      return new ColocatedFleet(replica, replicas, routing);
    }
    double bytesOfToken = steps.variant().spec().kvBytesPerToken(space.kvFormat(choice));
    return new DisaggregatedFleet(
        replica,
        replicas,
        replica,
        Math.toIntExact(size.decodeReplicas()),
        routing,
        MILLIS_PER_SECOND * bytesOfToken / linkBytesPerSecond(space, inputs, choice),
        LINK_MILLIS);
  }

  /** Between the pools of a disaggregated deployment, of a replica. */
  static double linkBytesPerSecond(SearchSpace space, SearchInputs inputs, Choice choice) {
    return inputs.linkBytesPerSecond()
        * space.parallelisms().get(choice.parallelism()).accelerators();
  }

  private ReplicaSetup replica(Choice choice, SearchSteps steps, SearchPools pools) {
    int sequences = space.sequences().get(choice.sequences());
    EngineScheduler engine =
        inputs
            .engine()
            .withMostTokens(space.batchedTokens().get(choice.batchedTokens()))
            .withMostSequences(sequences);
    StepTable table =
        StepTable.of(
            steps.model(choice),
            new StepLimits(
                sequences,
                inputs.demand().mix().longestTokens() + 1,
                engine.mostTokens() + sequences,
                MOST_PROMPTS));
    int blockTokens = pools.blockTokens(choice);
    return new ReplicaSetup(
        engine,
        StepClock.of(table, inputs.costs(), inputs.release()),
        steps.parallelism().attentionData(),
        Math.max(1, pools.tokens(choice) / blockTokens),
        blockTokens);
  }
}
