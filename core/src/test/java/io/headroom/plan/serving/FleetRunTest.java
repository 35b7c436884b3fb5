package io.headroom.plan.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FleetRunTest {
  private static final int ROUNDS = 120;
  private static final double ALL_IN_ONE_BIN = 1e12;

  /** Every figure of every request, whatever the fleet, the load, the pool and the engine. */
  @ParameterizedTest
  @EnumSource(Scheduling.class)
  void doesWhatSteppingEverySequenceDoes(Scheduling scheduling) {
    long preemptions = 0;
    long reused = 0;
    long refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      RandomServing drawn = new RandomServing(round, scheduling);
      Fleet fleet = drawn.fleet(round % 2 == 1);
      Requests requests = drawn.requests(round % 4 < 2, round % 8 < 4);
      SteppedFleet stepped = new SteppedFleet(fleet, requests);
      stepped.run();
      FleetRun run = run(fleet, requests);
      run.run();

      Outcomes outcomes = run.outcomes();
      for (int i = 0; i < requests.count(); i++) {
        assertThat(
                List.of(
                    outcomes.arrivalMillis(i),
                    outcomes.startMillis(i),
                    outcomes.firstTokenMillis(i),
                    outcomes.endMillis(i)))
            .as("round %d request %d", round, i)
            .isEqualTo(
                List.of(
                    stepped.arrival[i], stepped.start[i], stepped.firstToken[i], stepped.end[i]));
      }
      assertThat(run.neverFit()).isEqualTo(stepped.neverFit);
      assertThat(run.completed() + run.neverFit()).isEqualTo(requests.count());
      assertThat(run.millis()).isEqualTo(stepped.millis());
      for (int i = 0; i < stepped.replicas.size(); i++) {
        Replica replica = run.replicas().get(i);
        SteppedReplica slow = stepped.replicas.get(i);
        assertThat(replica.preemptions()).isEqualTo(slow.preemptions);
        assertThat(replica.steps()).isEqualTo(slow.steps);
        assertThat(replica.reusedTokens()).isEqualTo(slow.reusedTokens);
        assertThat(replica.pool().peak()).isEqualTo(slow.mostBlocks);
        assertThat(replica.pool().usedMillis()).isCloseTo(slow.usedMillis, within(1e-3));
        assertThat(replica.runningMillis()).isCloseTo(slow.runningMillis, within(1e-3));
        assertThat(replica.pool().used()).isZero();
        preemptions += replica.preemptions();
        reused += replica.reusedTokens();
      }
      refused += run.neverFit();
    }
    assertThat(preemptions).isPositive();
    assertThat(reused).isPositive();
    assertThat(refused).isPositive();
  }

  /** Requests, tokens and blocks, counted after whatever happens. */
  @ParameterizedTest
  @EnumSource(Scheduling.class)
  void nothingIsLostOrMadeUpOnTheWay(Scheduling scheduling) {
    for (int round = 0; round < ROUNDS / 2; round++) {
      RandomServing drawn = new RandomServing(round, scheduling);
      Fleet fleet = drawn.fleet(round % 2 == 1);
      Requests requests = drawn.requests(round % 4 < 2, round % 8 < 4);
      CountedArrivals arrivals = new CountedArrivals(requests);
      FleetRun run = new FleetRun(fleet, requests, arrivals, ALL_IN_ONE_BIN);
      while (run.next()) {
        String when = "round %d".formatted(round);
        assertThat(
                run.completed()
                    + run.neverFit()
                    + run.onLinks()
                    + sum(run, replica -> replica.sequences().count())
                    + sum(run, Replica::waitingRequests))
            .as(when)
            .isEqualTo(arrivals.taken);
        assertThat(tokens(run, requests)).as(when).isEqualTo(tokensOfSteps(run));
        for (Replica replica : run.replicas()) {
          BlockPool pool = replica.pool();
          assertThat(pool.used()).as(when).isNotNegative();
          assertThat(pool.used() + pool.unreadBlocks()).as(when).isBetween(0L, pool.size());
          if (fleet instanceof ColocatedFleet) {
            assertThat(blocks(replica, requests)).as(when).isEqualTo(pool.used());
          }
        }
      }
      assertThat(arrivals.taken).isEqualTo(requests.count());
    }
  }

  /** Of requests that have ended, and of those that have not. */
  private static long tokens(FleetRun run, Requests requests) {
    Outcomes outcomes = run.outcomes();
    long tokens = 0;
    Map<Integer, Integer> inEngine = new HashMap<>();
    for (Replica replica : run.replicas()) {
      Sequences all = replica.sequences();
      for (int slot = all.youngest(); slot != Sequences.NONE; slot = all.before(slot)) {
        boolean decodes = all.promptLeft(slot) == 0;
        int decoded = decodes ? replica.decoding().decoded(slot) : 0;
        inEngine.put(all.request(slot), all.generated(slot) + decoded);
      }
    }
    for (int i = 0; i < requests.count(); i++) {
      int request = i;
      if (outcomes.isCompleted(i)) {
        tokens += requests.outputTokens(i);
      } else if (inEngine.containsKey(i)) {
        tokens += inEngine.get(i);
      } else if (!Double.isNaN(outcomes.firstTokenMillis(i))) {
        tokens +=
            Math.max(
                1,
                run.replicas().stream()
                    .mapToInt(one -> one.preempted().had(request))
                    .max()
                    .orElse(0));
      }
    }
    return tokens;
  }

  private static long tokensOfSteps(FleetRun run) {
    return run.timeline().bins(ALL_IN_ONE_BIN, 1).stream()
        .mapToLong(TimelineBin::outputTokens)
        .sum();
  }

  /** Those that sequences use, each that they share once. */
  private static long blocks(Replica replica, Requests requests) {
    BlockPool pool = replica.pool();
    Sequences all = replica.sequences();
    Set<Integer> shared = new HashSet<>();
    long blocks = 0;
    for (int slot = all.youngest(); slot != Sequences.NONE; slot = all.before(slot)) {
      boolean decodes = all.promptLeft(slot) == 0;
      long kept = decodes ? replica.decoding().kept(slot) : all.promptTokens(slot);
      int read = all.sharedBlocks(slot);
      blocks += pool.blocks(kept) - pool.sharedBlocks(read);
      int[] own = requests.wholePrefixBlocks(all.request(slot));
      Arrays.stream(own, 0, read).forEach(shared::add);
    }
    return blocks + pool.sharedBlocks(shared.size());
  }

  private static long sum(FleetRun run, ToLongFunction<Replica> number) {
    return run.replicas().stream().mapToLong(number).sum();
  }

  private static FleetRun run(Fleet fleet, Requests requests) {
    return new FleetRun(fleet, requests, new TimedArrivals(requests), 0);
  }

  private static final class CountedArrivals implements PendingArrivals {
    private final PendingArrivals all;
    long taken;

    CountedArrivals(Requests requests) {
      this.all = new TimedArrivals(requests);
    }

    @Override
    public double nextMillis() {
      return all.nextMillis();
    }

    @Override
    public int takeNext() {
      taken++;
      return all.takeNext();
    }

    @Override
    public boolean followEnds() {
      return all.followEnds();
    }

    @Override
    public void ended(int request, double millis) {
      all.ended(request, millis);
    }
  }
}
