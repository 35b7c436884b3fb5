package io.headroom.plan.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headroom.UserException;
import io.headroom.kvcache.KvPrecision;
import io.headroom.plan.search.SearchSpace.Choice;
import io.headroom.plan.serving.Arrivals;
import io.headroom.plan.serving.Requests;
import io.headroom.plan.serving.Routing;
import io.headroom.plan.serving.ServingResult;
import io.headroom.plan.serving.ServingSimulation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeploymentSearchTest {
  private static final double RATE = 20;
  private static final Requests REQUESTS = SearchFixture.requests(3000, RATE);
  private static final Demand DEMAND = SearchFixture.demand(REQUESTS, RATE, SearchFixture.LEVELS);

  private record Seen(long number, Limit limit, FleetSize fleet, double usd, double tpot) {}

  private static List<Seen> run(DeploymentSearch search, long from, long to) {
    List<Seen> seen = new ArrayList<>();
    search.run(
        from,
        to,
        new SearchSink() {
          @Override
          public void feasible(
              long number, Choice choice, FleetSize fleet, double usdPerHour, double tpotMillis) {
            seen.add(new Seen(number, null, fleet, usdPerHour, tpotMillis));
          }

          @Override
          public void infeasible(long number, Choice choice, Reason reason) {
            seen.add(new Seen(number, reason.limit(), null, 0, 0));
          }
        });
    return seen;
  }

  private static SearchSpace mixed() {
    return SearchFixture.space(
        List.of(
            SearchFixture.variant("llama-3.1-8b", "model"),
            SearchFixture.variant("llama-3.1-8b", "mha"),
            SearchFixture.variant("llama-3.1-70b", "model")),
        List.of("h100_sxm", "l40s"),
        List.of(1, 3, 4),
        List.of(KvPrecision.BF16, KvPrecision.INT8),
        List.of(false, true));
  }

  private static SearchSpace onOneH100(String model) {
    return SearchFixture.space(
        List.of(SearchFixture.variant(model, "model")),
        List.of("h100_sxm"),
        List.of(1),
        List.of(false));
  }

  /** Of a model without experts: three ranks divide no heads, and groups of ranks need experts. */
  @Test
  void whatCannotBeSplitIsCountedByWhatIsAgainstIt() {
    SearchSpace one = onOneH100("llama-3.1-8b");
    SearchSpace space =
        new SearchSpace(
            one.variants(),
            one.accelerators(),
            List.of(
                new ParallelChoice(3, 1, 1, 1),
                new ParallelChoice(1, 1, 1, 2),
                new ParallelChoice(3, 1, 1, 2)),
            one.weights(),
            one.kvFormats(),
            one.batchedTokens(),
            one.disaggregated(),
            one.sequences(),
            one.utilisations());
    DeploymentSearch search =
        new DeploymentSearch(space, SearchFixture.inputs(space, DEMAND, "vllm"));
    SearchTally tally = new SearchTally(1);
    search.run(0, space.size(), new TallySink(space, tally, 1000));

    String heads = "32 query heads cannot be divided among 3 ranks";
    String experts = "expert and attention-data parallelism are of models with experts: 1, 2";
    assertThat(tally.infeasible()).containsOnlyKeys(0);
    assertThat(tally.infeasible().get(0))
        .containsOnly(
            Map.entry(new Reason(Limit.UNSUPPORTED, heads), new SearchTally.Count(8, 0)),
            Map.entry(new Reason(Limit.UNSUPPORTED, experts), new SearchTally.Count(8, 8)),
            Map.entry(
                new Reason(Limit.UNSUPPORTED, heads + "; " + experts),
                new SearchTally.Count(8, 16)));
    tally
        .infeasible()
        .get(0)
        .forEach(
            (reason, count) ->
                assertThat(search.details(count.first()).reason()).contains(reason.words()));
  }

  @Test
  void everyNumberIsAnotherChoice() {
    SearchSpace space = mixed();
    Set<Choice> choices = new HashSet<>();
    for (long number = 0; number < space.size(); number++) {
      choices.add(space.at(number));
    }

    assertThat(space.size()).isEqualTo(3 * 2 * 3 * 2 * 2 * 2 * 2 * 2);
    assertThat(choices).hasSize((int) space.size());
  }

  /** Tables are shared with neighbours: nothing may depend on which these are. */
  @Test
  void whatIsFoundDoesNotDependOnWhatWasFoundBefore() {
    SearchSpace space = mixed();
    SearchInputs inputs = SearchFixture.inputs(space, DEMAND, "vllm");
    List<Seen> inOrder = run(new DeploymentSearch(space, inputs), 0, space.size());
    DeploymentSearch other = new DeploymentSearch(space, inputs);
    List<Long> numbers = new ArrayList<>();
    for (long number = 0; number < space.size(); number += 7) {
      numbers.add(number);
    }
    Collections.shuffle(numbers, new Random(3));

    for (long number : numbers) {
      assertThat(run(other, number, number + 1))
          .as("%s", space.at(number))
          .containsExactly(inOrder.get((int) number));
    }
    assertThat(inOrder).hasSize((int) space.size());
  }

  @Test
  void detailsAreOfTheSameDeployment() {
    SearchSpace space = mixed();
    DeploymentSearch search =
        new DeploymentSearch(space, SearchFixture.inputs(space, DEMAND, "vllm"));
    Set<Limit> limits = new HashSet<>();
    for (Seen seen : run(search, 0, space.size())) {
      Deployment details = search.details(seen.number());
      if (seen.limit() != null) {
        limits.add(seen.limit());
        assertThat(details.limit()).isEqualTo(seen.limit());
        assertThat(details.served()).isEmpty();
        assertThat(details.reason()).isPresent();
        continue;
      }
      Deployment.Served served = details.served().orElseThrow();
      assertThat(served.fleet()).isEqualTo(seen.fleet());
      assertThat(seen.usd()).isEqualTo(2.0 * served.fleet().accelerators());
      assertThat(served.tpotP99Millis()).isGreaterThan(served.tpotMillis() * 0.8);
      // Nearer to the highest rate a little of it is much of a percentile.
      if (RATE < 0.95 * served.fleet().requestsPerSecond()) {
        assertThat(served.ttftP99Millis()).isBetween(0.0, 2000.0);
        assertThat(served.tpotP99Millis()).isLessThan(200.0);
      }
      assertThat(served.quicker().orElseThrow().accelerators())
          .isLessThanOrEqualTo(served.fleet().accelerators());
      served
          .slower()
          .ifPresent(
              slower ->
                  assertThat(slower.accelerators())
                      .isGreaterThanOrEqualTo(served.fleet().accelerators()));
    }
    assertThat(limits).contains(Limit.UNSUPPORTED, Limit.WEIGHTS);
  }

  @Test
  void saysWhyADeploymentCannotServe() {
    SearchSpace space = mixed();
    DeploymentSearch search =
        new DeploymentSearch(space, SearchFixture.inputs(space, DEMAND, "vllm"));
    Set<String> reasons = new HashSet<>();
    for (long number = 0; number < space.size(); number++) {
      search.details(number).reason().ifPresent(reasons::add);
    }

    assertThat(reasons)
        .contains("32 query heads cannot be divided among 3 ranks")
        .anyMatch(reason -> reason.matches("weights of 131.4 GiB and .* leave nothing of .*"))
        .anyMatch(reason -> reason.contains("KV precision must be bf16, f16 or fp8"));
  }

  @Test
  void levelsThatNothingMeetsAreTheReason() {
    SearchSpace space = onOneH100("llama-3.1-8b");
    Demand noTtft = SearchFixture.demand(REQUESTS, RATE, new ServiceLevels(1, 200));
    Demand noTpot = SearchFixture.demand(REQUESTS, RATE, new ServiceLevels(2000, 1));

    assertThat(run(new DeploymentSearch(space, SearchFixture.inputs(space, noTtft, "vllm")), 0, 8))
        .allMatch(seen -> seen.limit() == Limit.TTFT);
    assertThat(run(new DeploymentSearch(space, SearchFixture.inputs(space, noTpot, "vllm")), 0, 8))
        .allMatch(seen -> seen.limit() == Limit.TPOT);
  }

  @Test
  void requestsBeyondTheModelsPositionsAreTheReason() {
    SearchSpace space = onOneH100("llama-2-7b");
    Requests longOnes = new Requests(new double[] {0, 1}, new int[] {9000, 10}, new int[] {9, 9});
    Demand demand = SearchFixture.demand(longOnes, RATE, SearchFixture.LEVELS);
    DeploymentSearch search =
        new DeploymentSearch(space, SearchFixture.inputs(space, demand, "vllm"));

    assertThat(search.details(0).limit()).isEqualTo(Limit.CONTEXT);
    assertThat(search.details(0).reason())
        .hasValue("50.0 % of the requests have more than the 4096 positions of the model");
    assertThatThrownBy(() -> search.fleet(0, new FleetSize(1, 0, 1, 1), Routing.ROUND_ROBIN))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("positions");
  }

  /** Twice the rate needs twice the replicas, within one. */
  @Test
  void replicasFollowTheRate() {
    SearchSpace space = onOneH100("llama-3.1-8b");
    Demand often = SearchFixture.demand(REQUESTS, 200, SearchFixture.LEVELS);
    Demand twice = SearchFixture.demand(REQUESTS, 400, SearchFixture.LEVELS);

    List<Seen> once =
        run(new DeploymentSearch(space, SearchFixture.inputs(space, often, "vllm")), 0, 8);
    List<Seen> more =
        run(new DeploymentSearch(space, SearchFixture.inputs(space, twice, "vllm")), 0, 8);

    for (int i = 0; i < once.size(); i++) {
      assertThat((double) more.get(i).fleet().replicas() / once.get(i).fleet().replicas())
          .isCloseTo(2, within(0.25));
    }
  }

  /** With room for few sequences, a window is worth accelerators. */
  @Test
  void windowsLeaveRoomForMoreSequences() {
    SearchSpace space =
        SearchFixture.space(
            List.of(
                SearchFixture.variant("llama-3.1-8b", "mha"),
                SearchFixture.windowed("llama-3.1-8b", "mha", 256, 4)),
            List.of("l40s"),
            List.of(1),
            List.of(false));
    DeploymentSearch search =
        new DeploymentSearch(space, SearchFixture.inputs(space, DEMAND, "vllm"));
    Deployment all = search.details(space.size() / 2 - 1);
    Deployment windowed = search.details(space.size() - 1);

    assertThat(all.limit()).isEqualTo(Limit.KV);
    assertThat(windowed.poolTokens()).isGreaterThan(3 * all.poolTokens());
    assertThat(windowed.served().orElseThrow().requestsPerSecond())
        .isGreaterThan(1.2 * all.served().orElseThrow().requestsPerSecond());
  }

  /** In turn to many replicas, bursts come to each the more evenly: levels that are narrow. */
  @Test
  void burstsAreSpreadOverTheReplicasThatTheLevelsNeed() {
    double rate = 8;
    ServiceLevels narrow = new ServiceLevels(450, 40);
    Requests even = SearchFixture.requests(6000, rate);
    Demand ofEven = SearchFixture.demand(even, rate, narrow);
    Demand demand = new Demand(ofEven.mix(), ArrivalPattern.gaps(9), rate, narrow);
    Requests bursty = even.arrivingAt(Arrivals.bursty(6000, rate, 3, 11));
    SearchSpace space = onOneH100("gemma-3-27b");
    DeploymentSearch search =
        new DeploymentSearch(space, SearchFixture.inputs(space, demand, "sglang"));
    long number = space.size() - 1;
    FleetSize closedForm = search.details(number).served().orElseThrow().fleet();
    FleetSize simulated = simulation(search, number, bursty, narrow).run(closedForm).size();

    assertThat((double) closedForm.replicas() / simulated.replicas()).isBetween(0.6, 1.6);
  }

  /** Layers of several kinds: the pool is told in tokens of a sequence of the mean length. */
  @ParameterizedTest
  @ValueSource(strings = {"gemma-3-27b", "qwen3-next-80b-a3b"})
  void modelsWithLayersOfSeveralKindsAreSimulatedAsSearched(String model) {
    double rate = 20;
    Requests requests = SearchFixture.requests(6000, rate);
    Demand demand = SearchFixture.demand(requests, rate, SearchFixture.LEVELS);
    SearchSpace space =
        SearchFixture.space(
            List.of(SearchFixture.variant(model, "model")),
            List.of("h100_sxm"),
            List.of(4),
            List.of(false));
    DeploymentSearch search =
        new DeploymentSearch(space, SearchFixture.inputs(space, demand, "vllm"));
    long number = space.size() - 1;
    FleetSize size = search.details(number).served().orElseThrow().fleet();
    double simulated = simulation(search, number, requests, SearchFixture.LEVELS).mostLoad(size);

    assertThat(simulated * rate / size.requestsPerSecond()).isBetween(0.75, 1.35);
  }

  /** Percentiles and highest rates come from the same curve, on two ways. */
  @Test
  void percentilesReachTheLevelsAtTheHighestRate() {
    SearchSpace space = mixed();
    DeploymentSearch search =
        new DeploymentSearch(space, SearchFixture.inputs(space, DEMAND, "vllm"));
    Set<Limit> limits = EnumSet.noneOf(Limit.class);
    for (Seen seen : run(search, 0, space.size())) {
      if (seen.limit() != null || seen.fleet().decodeReplicas() > 0) {
        continue;
      }
      Limit limit = search.details(seen.number()).limit();
      double most = seen.fleet().requestsPerSecond() / RATE;
      limits.add(limit);
      assertThat(partOfLevels(search.expected(seen.number(), seen.fleet(), 0.95 * most)))
          .as("%s", space.at(seen.number()))
          .isLessThan(1);
      if (limit == Limit.TTFT || limit == Limit.TPOT) {
        assertThat(partOfLevels(search.expected(seen.number(), seen.fleet(), 1.05 * most)))
            .as("%s", space.at(seen.number()))
            .isGreaterThan(1);
      }
    }
    assertThat(limits).contains(Limit.TTFT, Limit.TPOT, Limit.KV);
  }

  private static FleetSimulation simulation(
      DeploymentSearch search, long number, Requests requests, ServiceLevels levels) {
    return new FleetSimulation(
        size -> search.fleet(number, size, Routing.ROUND_ROBIN), requests, levels);
  }

  private static double partOfLevels(ExpectedService expected) {
    return Math.max(
        expected.ttftP99Millis() / SearchFixture.LEVELS.ttftP99Millis(),
        expected.tpotP99Millis() / SearchFixture.LEVELS.tpotP99Millis());
  }

  /** What the closed form says is what happens where every request is simulated. */
  @ParameterizedTest
  @ValueSource(strings = {"vllm", "sglang", "trtllm"})
  void capacityIsThatOfTheSimulation(String engine) {
    double rate = 60;
    Requests requests = SearchFixture.requests(12_000, rate);
    Demand demand = SearchFixture.demand(requests, rate, SearchFixture.LEVELS);
    SearchSpace space =
        SearchFixture.space(
            List.of(
                SearchFixture.variant("llama-3.1-8b", "model"),
                SearchFixture.variant("llama-3.1-8b", "mha")),
            List.of("h100_sxm"),
            List.of(1, 2),
            List.of(false));
    DeploymentSearch search =
        new DeploymentSearch(space, SearchFixture.inputs(space, demand, engine));
    double logs = 0;
    double ttftLogs = 0;
    double tpotLogs = 0;
    int count = 0;
    for (long number = 3; number < space.size(); number += 8) {
      FleetSize size = search.details(number).served().orElseThrow().fleet();
      double simulated = simulation(search, number, requests, SearchFixture.LEVELS).mostLoad(size);
      double most = size.requestsPerSecond() / rate;
      // Nearer to the highest rate a little of it is much of a percentile.
      double load = Math.min(1, 0.9 * most);
      ExpectedService expected = search.expected(number, size, load);
      ServingResult result =
          ServingSimulation.run(
              search.fleet(number, size, Routing.ROUND_ROBIN),
              SearchFixture.requests(12_000, load * rate),
              0);
      logs += Math.abs(Math.log(simulated / most));
      ttftLogs += Math.abs(Math.log(expected.ttftP99Millis() / result.ttft().p99()));
      tpotLogs += Math.abs(Math.log(expected.tpotP99Millis() / result.tpot().p99()));
      count++;
    }

    assertThat(count).isEqualTo(4);
    assertThat(logs / count).isLessThan(0.15);
    assertThat(ttftLogs / count).isLessThan(0.2);
    assertThat(tpotLogs / count).isLessThan(0.15);
  }
}
