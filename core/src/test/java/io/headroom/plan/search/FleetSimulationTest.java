package io.headroom.plan.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.plan.serving.Requests;
import io.headroom.plan.serving.Routing;
import io.headroom.plan.serving.ServingResult;
import io.headroom.plan.serving.ServingSimulation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FleetSimulationTest {
  private static final double RATE = 100;
  private static final Requests REQUESTS = SearchFixture.requests(4000, RATE);

  private static DeploymentSearch search(boolean disaggregated) {
    SearchSpace space =
        SearchFixture.space(
            List.of(SearchFixture.variant("llama-3.1-8b", "model")),
            List.of("l40s"),
            List.of(1),
            List.of(disaggregated));
    Demand demand = SearchFixture.demand(REQUESTS, RATE, SearchFixture.LEVELS);
    return new DeploymentSearch(space, SearchFixture.inputs(space, demand, "vllm"));
  }

  private static FleetSimulation.Outcome simulated(DeploymentSearch search, FleetSize from) {
    return new FleetSimulation(
            size -> search.fleet(7, size, Routing.ROUND_ROBIN), REQUESTS, SearchFixture.LEVELS)
        .run(from);
  }

  /** However far from it the closed form was: the fewest that meet the levels. */
  @ParameterizedTest
  @ValueSource(longs = {2, 9, 200})
  void findsTheFewestReplicasFromAnywhere(long from) {
    DeploymentSearch search = search(false);

    FleetSimulation.Outcome outcome = simulated(search, new FleetSize(from, 0, from, RATE));

    FleetSize fewest = outcome.size();
    assertThat(outcome.meets()).isTrue();
    assertThat(fewest.replicas()).isBetween(8L, 20L);
    assertThat(fewest.accelerators()).isEqualTo(fewest.replicas());
    assertThat(outcome.mostLoad()).isGreaterThanOrEqualTo(1);
    assertThat(meets(search, fewest)).isTrue();
    assertThat(meets(search, fewest.with(fewest.replicas() - 1))).isFalse();
  }

  @Test
  void findsTheFewestOfBothPools() {
    DeploymentSearch search = search(true);

    FleetSize fewest = simulated(search, new FleetSize(60, 40, 100, RATE)).size();

    assertThat(meets(search, fewest)).isTrue();
    assertThat(meets(search, fewest.with(fewest.replicas() - 1))).isFalse();
    assertThat(meets(search, fewest.withDecoding(fewest.decodeReplicas() - 1))).isFalse();
  }

  /** What is needed if steps take longer meets the levels with such steps, and no less does. */
  @ParameterizedTest
  @ValueSource(doubles = {0.8, 1.25})
  void findsWhatIsNeededIfStepsTakeAnotherTime(double slowdown) {
    DeploymentSearch search = search(false);
    long asPredicted = simulated(search, new FleetSize(9, 0, 9, RATE)).size().replicas();

    FleetSize needed =
        new FleetSimulation(
                size -> search.fleet(7, size, Routing.ROUND_ROBIN, slowdown),
                REQUESTS,
                SearchFixture.LEVELS)
            .needed(new FleetSize(asPredicted, 0, asPredicted, RATE))
            .orElseThrow();

    assertThat(meets(search, needed, slowdown)).isTrue();
    assertThat(meets(search, needed.with(needed.replicas() - 1), slowdown)).isFalse();
    assertThat(Long.compare(needed.replicas(), asPredicted)).isEqualTo(Double.compare(slowdown, 1));
  }

  @Test
  void noNumberIsNeededWhereStepsAreSlowerThanTheLevel() {
    DeploymentSearch search = search(false);

    assertThat(
            new FleetSimulation(
                    size -> search.fleet(7, size, Routing.ROUND_ROBIN, 50),
                    REQUESTS,
                    SearchFixture.LEVELS)
                .needed(new FleetSize(9, 0, 9, RATE)))
        .isEmpty();
  }

  private static boolean meets(DeploymentSearch search, FleetSize size) {
    return meets(search, size, 1);
  }

  private static boolean meets(DeploymentSearch search, FleetSize size, double slowdown) {
    ServingResult result =
        ServingSimulation.run(search.fleet(7, size, Routing.ROUND_ROBIN, slowdown), REQUESTS, 0);
    return result.neverFit() == 0
        && result.ttft().p99() <= SearchFixture.LEVELS.ttftP99Millis()
        && result.tpot().p99() <= SearchFixture.LEVELS.tpotP99Millis();
  }
}
