package io.headroom.plan.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrefixReuseTest {
  private static final int MOONCAKE_BLOCK_TOKENS = 512;
  private static final StepClock CLOCK =
      (decoding, kept, prompts, tokens, prior) -> 5 + prompts * tokens / 1000;

  @Test
  void whatWasComputedIsNotComputedAgain() {
    Requests twice = requests(new double[] {0, 1000}, 100, new int[][] {{1, 2}, {1, 2, 9}}, 40);

    ServingResult result = ServingSimulation.run(replicas(1, 400), twice, 0);

    assertThat(result.reusedTokens()).isEqualTo(80);
    assertThat(result.ttft().max()).isEqualTo(5.1);
    assertThat(result.ttft().p50()).isCloseTo(5.02, within(1e-9));
  }

  @Test
  void atLeastOneTokenIsComputed() {
    int[][] all = {{1, 2}, {1, 2}};

    assertThat(reused(requests(new double[] {0, 1000}, 80, all, 40), 400)).isEqualTo(40);
    assertThat(reused(requests(new double[] {0, 1000}, 81, all, 40), 400)).isEqualTo(80);
  }

  @Test
  void whatIsNotDoneYetIsNotFound() {
    assertThat(reused(requests(new double[] {0, 0}, 100, new int[][] {{1, 2}, {1, 2}}, 40), 400))
        .isZero();
  }

  @Test
  void aGapEndsWhatIsFound() {
    int[][] blocks = {{1, 2, 3}, {1, 7, 3}};

    assertThat(reused(requests(new double[] {0, 1000}, 130, blocks, 40), 400)).isEqualTo(40);
  }

  /** Each prompt of 100 tokens leaves 80; with one running a pool of 280 keeps two others. */
  @Test
  void theLeastRecentlyUsedGoesFirst() {
    double[] arrivals = {0, 1000, 2000, 3000, 4000, 5000};
    int[][] blocks = {{1, 2}, {3, 4}, {1, 2}, {5, 6}, {1, 2}, {3, 4}};

    assertThat(reused(requests(arrivals, 100, blocks, 40), 1000)).isEqualTo(3 * 80);
    assertThat(reused(requests(arrivals, 100, blocks, 40), 200)).isEqualTo(2 * 80);
  }

  @Test
  void blocksThatSeveralReadTakeTheirRoomOnce() {
    int[][] same = {{1, 2}, {1, 2}, {1, 2}, {1, 2}};
    Requests together = requests(new double[] {0, 1000, 1000, 1000}, 100, same, 40);

    // Three at once: 80 tokens that they share, and 20 of each.
    assertThat(ServingSimulation.run(replicas(1, 1000), together, 0).peakKvOccupancy())
        .isEqualTo(0.14);
  }

  @Test
  void everyReplicaHasItsOwn() {
    Requests twice = requests(new double[] {0, 1000}, 100, new int[][] {{1, 2}, {1, 2}}, 40);

    assertThat(ServingSimulation.run(replicas(2, 400), twice, 0).reusedTokens()).isZero();
  }

  @Test
  void blocksThatAreNoWholeBlocksOfThePoolAreRefused() {
    Requests some = requests(new double[] {0}, 100, new int[][] {{1, 2}}, 40);
    ReplicaSetup setup = new ReplicaSetup(engine(), CLOCK, 1, 100, 16);

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> ServingSimulation.run(new ColocatedFleet(setup, 1, Routing.ROUND_ROBIN), some, 0))
        .withMessage("shared blocks must be whole blocks of the pool: 40 tokens, 16");
  }

  /** The more room, the more is found, but never more than a cache that forgets nothing would. */
  @Test
  void aRealTraceFindsNoMoreThanIsThere() throws IOException {
    Requests requests = mooncake();
    long bound = unlimited(requests);

    double few = ServingSimulation.run(blocks(40_000), requests, 0).reusedTokens();
    double many = ServingSimulation.run(blocks(8_000_000), requests, 0).reusedTokens();

    long input = IntStream.range(0, requests.count()).mapToLong(requests::inputTokens).sum();
    assertThat(bound / (double) input).isBetween(0.3, 0.45);
    assertThat(few).isBetween(0.02 * bound, 0.8 * bound);
    // Not all: some prompts come while those that they would find are still running.
    assertThat(many).isBetween(0.97 * bound, (double) bound);
  }

  /** Tokens that a prompt has in common with any before it. */
  private static long unlimited(Requests requests) {
    Set<Integer> seen = new HashSet<>();
    long tokens = 0;
    for (int i = 0; i < requests.count(); i++) {
      int[] blocks = requests.wholePrefixBlocks(i);
      int most = (requests.inputTokens(i) - 1) / MOONCAKE_BLOCK_TOKENS;
      int found = 0;
      while (found < Math.min(most, blocks.length) && seen.contains(blocks[found])) {
        found++;
      }
      tokens += (long) found * MOONCAKE_BLOCK_TOKENS;
      Arrays.stream(blocks).forEach(seen::add);
    }
    return tokens;
  }

  private static Requests mooncake() throws IOException {
    List<String> lines =
        Files.readAllLines(SharedData.require("traces/mooncake_conversation_trace.jsonl"));
    ObjectMapper json = new ObjectMapper();
    List<JsonNode> trace = new ArrayList<>();
    for (String line : lines) {
      trace.add(json.readTree(line));
    }
    return new Requests(
            trace.stream().mapToDouble(one -> one.path("timestamp").asDouble()).toArray(),
            trace.stream().mapToInt(one -> one.path("input_length").asInt()).toArray(),
            trace.stream().mapToInt(one -> one.path("output_length").asInt()).toArray())
        .withPrefixBlocks(
            trace.stream()
                .map(
                    one ->
                        IntStream.range(0, one.path("hash_ids").size())
                            .map(i -> one.path("hash_ids").get(i).asInt())
                            .toArray())
                .toArray(int[][]::new),
            MOONCAKE_BLOCK_TOKENS);
  }

  private static double reused(Requests requests, long poolTokens) {
    return ServingSimulation.run(replicas(1, poolTokens), requests, 0).reusedTokens();
  }

  private static Requests requests(double[] arrivals, int input, int[][] blocks, int blockTokens) {
    int[] inputs = new int[arrivals.length];
    int[] outputs = new int[arrivals.length];
    Arrays.fill(inputs, input);
    Arrays.fill(outputs, 1);
    return new Requests(arrivals, inputs, outputs).withPrefixBlocks(blocks, blockTokens);
  }

  private static Fleet replicas(int count, long poolTokens) {
    return new ColocatedFleet(
        new ReplicaSetup(engine(), CLOCK, 1, poolTokens, 1), count, Routing.ROUND_ROBIN);
  }

  private static Fleet blocks(long count) {
    return new ColocatedFleet(
        new ReplicaSetup(engine(), CLOCK, 1, count, 16), 1, Routing.ROUND_ROBIN);
  }

  private static EngineScheduler engine() {
    return new EngineScheduler(
        "some", Scheduling.CHUNKED_PROMPTS, 200_000, 1000, 0, 0.9, false, 0, "a test");
  }
}
