package io.headroom.plan.serving;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * What a {@link Replica} does, sequence by sequence in every step: slow, and plain enough to be
 * believed. It counts blocks, tokens and sequences anew whenever it needs them.
 */
final class SteppedReplica {
  static final class Sequence {
    final int id;
    final int prompt;
    final int output;
    final double since;
    final List<Integer> reads = new ArrayList<>();
    int done;
    int generated;

    /** Positions in the cache that have room; the last token is not in it yet. */
    int room;

    Sequence(int id, int prompt, int output, int generated, double since) {
      this.id = id;
      this.prompt = prompt;
      this.output = output;
      this.generated = generated;
      this.since = since;
      this.room = prompt;
    }

    boolean decodes() {
      return done == prompt;
    }

    int left() {
      return output - generated;
    }
  }

  private final ReplicaSetup setup;
  private final EngineScheduler engine;
  private final ReplicaRole role;
  private final Requests requests;
  private final SteppedFleet fleet;
  private final int prefixBlocks;
  private final Map<Integer, Integer> had = new HashMap<>();
  private final List<Sequence> running = new ArrayList<>();
  private final List<Sequence> held = new ArrayList<>();
  private final List<Sequence> expected = new ArrayList<>();
  private final Deque<Integer> waiting = new ArrayDeque<>();
  private final Set<Integer> unread = new LinkedHashSet<>();
  final Deque<Integer> arrived = new ArrayDeque<>();
  final Deque<Integer> offered = new ArrayDeque<>();
  final Deque<Integer> delivered = new ArrayDeque<>();
  final Deque<Integer> released = new ArrayDeque<>();
  double now;
  boolean isAwake;
  private double lastBegun;
  private long usedInStep;
  long preemptions;
  long steps;
  long mostBlocks;
  long reusedTokens;
  double usedMillis;
  double runningMillis;

  SteppedReplica(ReplicaSetup setup, ReplicaRole role, Requests requests, SteppedFleet fleet) {
    this.setup = setup;
    this.engine = setup.engine();
    this.role = role;
    this.requests = requests;
    this.fleet = fleet;
    boolean shares = requests.hasPrefixBlocks() && role != ReplicaRole.DECODE;
    this.prefixBlocks = shares ? requests.prefixBlockTokens() / setup.blockTokens() : 0;
  }

  void wake(double millis) {
    if (!isAwake && millis > now) {
      usedMillis += used() * (millis - now);
      now = millis;
      lastBegun = millis;
    }
    isAwake = true;
  }

  long load(double millis) {
    long queued = 0;
    for (Collection<Integer> all : List.of(waiting, arrived, offered)) {
      queued +=
          all.stream()
              .mapToLong(id -> blocks(requests.inputTokens(id) + had.getOrDefault(id, 0)))
              .sum();
    }
    return (millis < now ? usedInStep : used()) + queued;
  }

  void step() {
    boolean alone = engine.scheduling() == Scheduling.PROMPTS_FIRST;
    double seen = engine.plansAhead() && !running.isEmpty() ? lastBegun : now;
    lastBegun = now;
    takeIn(seen);
    boolean gaveWay = !alone && makeRoom();
    long decoding = running.stream().filter(Sequence::decodes).count();
    long budget = (long) engine.mostTokens() * setup.attentionRanks() - (alone ? 0 : decoding);
    if (!gaveWay) {
      admit(budget);
      accept(seen);
    }
    List<Sequence> prompts = running.stream().filter(one -> !one.decodes()).toList();
    boolean runsPrompts = !prompts.isEmpty() && budget > 0;
    if (!runsPrompts && alone) {
      makeRoom();
    }
    List<Sequence> decodes =
        runsPrompts && alone ? List.of() : running.stream().filter(Sequence::decodes).toList();
    if (!runsPrompts && decodes.isEmpty()) {
      isAwake = false;
      return;
    }
    long left = budget;
    double tokens = 0;
    double prior = 0;
    List<Sequence> parts = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    for (Sequence one : prompts) {
      int part = (int) Math.min(left, one.prompt - one.done);
      if (part > 0) {
        parts.add(one);
        sizes.add(part);
        tokens += part;
        prior += one.done;
        left -= part;
      }
    }
    double kept = decodes.stream().mapToLong(one -> one.room).sum();
    decodes.forEach(one -> one.room++);
    evict();
    int count = parts.size();
    double millis =
        setup
            .clock()
            .millis(
                decodes.size(),
                decodes.isEmpty() ? 0 : kept / decodes.size(),
                count,
                count == 0 ? 0 : tokens / count,
                count == 0 ? 0 : prior / count);
    usedInStep = used();
    mostBlocks = Math.max(mostBlocks, usedInStep);
    usedMillis += usedInStep * (now + millis - now);
    now += millis;
    steps++;
    decodes.forEach(one -> one.generated++);
    for (Sequence one : decodes) {
      if (one.left() == 0) {
        leave(one, running);
        end(one);
      }
    }
    for (int i = 0; i < count; i++) {
      Sequence one = parts.get(i);
      one.done += sizes.get(i);
      if (one.decodes()) {
        hasToken(one);
      }
    }
    isAwake =
        !(running.isEmpty()
            && waiting.isEmpty()
            && arrived.isEmpty()
            && offered.isEmpty()
            && delivered.isEmpty()
            && released.isEmpty());
  }

  private void hasToken(Sequence one) {
    if (one.generated == 0) {
      fleet.firstToken[one.id] = now;
    }
    one.generated++;
    if (prefixBlocks > 0) {
      int[] blocks = requests.wholePrefixBlocks(one.id);
      for (int i = one.reads.size(); i < blocks.length; i++) {
        one.reads.add(blocks[i]);
        unread.remove(blocks[i]);
      }
    }
    if (one.left() > 0) {
      return;
    }
    if (one.generated < requests.outputTokens(one.id)) {
      running.remove(one);
      runningMillis += now - one.since;
      held.add(one);
      fleet.prompted(this, one.id, now);
      return;
    }
    leave(one, running);
    end(one);
  }

  private void end(Sequence one) {
    runningMillis += now - one.since;
    fleet.ended(one.id, now);
  }

  private void takeIn(double seen) {
    while (!released.isEmpty()) {
      int id = released.removeFirst();
      leave(held.stream().filter(one -> one.id == id).findFirst().orElseThrow(), held);
    }
    while (!arrived.isEmpty() && fleet.arrival[arrived.peekFirst()] <= seen) {
      waiting.addLast(arrived.removeFirst());
    }
    while (!delivered.isEmpty() && fleet.handedOver[delivered.peekFirst()] <= seen) {
      int id = delivered.removeFirst();
      expected.removeIf(one -> one.id == id);
      Sequence one = new Sequence(id, requests.inputTokens(id), requests.outputTokens(id), 1, now);
      one.done = one.prompt;
      running.add(one);
      fleet.decodes[id] = now;
    }
  }

  private boolean makeRoom() {
    boolean gaveWay = false;
    while (used() + more() > setup.poolBlocks() && running.size() > (expected.isEmpty() ? 1 : 0)) {
      Sequence last = running.get(running.size() - 1);
      leave(last, running);
      runningMillis += now - last.since;
      had.put(last.id, last.generated);
      waiting.addFirst(last.id);
      preemptions++;
      gaveWay = true;
    }
    return gaveWay;
  }

  private void leave(Sequence one, List<Sequence> from) {
    from.remove(one);
    Set<Integer> others = read();
    for (int i = one.reads.size() - 1; i >= 0; i--) {
      if (!others.contains(one.reads.get(i))) {
        unread.add(one.reads.get(i));
      }
    }
  }

  private long more() {
    return running.stream()
        .filter(Sequence::decodes)
        .mapToLong(one -> blocks(one.room + 1) - blocks(one.room))
        .sum();
  }

  private List<Sequence> all() {
    List<Sequence> all = new ArrayList<>(running);
    all.addAll(held);
    all.addAll(expected);
    return all;
  }

  private Set<Integer> read() {
    Set<Integer> read = new HashSet<>();
    all().forEach(one -> read.addAll(one.reads));
    return read;
  }

  long used() {
    long own =
        all().stream()
            .mapToLong(one -> blocks(one.room) - (long) prefixBlocks * one.reads.size())
            .sum();
    return own + (long) prefixBlocks * read().size();
  }

  private void evict() {
    while (used() + (long) prefixBlocks * unread.size() > setup.poolBlocks()) {
      unread.remove(unread.iterator().next());
    }
  }

  private long tokensToRun() {
    return sum(one -> one.decodes() ? 0 : one.prompt - one.done);
  }

  private long sum(ToIntFunction<Sequence> number) {
    return running.stream().mapToLong(number::applyAsInt).sum();
  }

  private boolean hasSlot() {
    return running.size() + expected.size()
        < (long) engine.mostSequences() * setup.attentionRanks();
  }

  private void admit(long budget) {
    while (!waiting.isEmpty() && hasSlot() && tokensToRun() < budget) {
      int id = waiting.peekFirst();
      int prompt = requests.inputTokens(id) + had.getOrDefault(id, 0);
      List<Integer> found = found(id, prompt);
      int computed = prompt - found.size() * requests.prefixBlockTokens();
      boolean somePrompts = running.stream().anyMatch(one -> !one.decodes());
      boolean whole = engine.scheduling() == Scheduling.WHOLE_PROMPTS;
      if (whole && somePrompts && tokensToRun() + computed > budget) {
        return;
      }
      Set<Integer> read = read();
      long shared = found.stream().filter(read::contains).count() * prefixBlocks;
      int output = output(id) - had.getOrDefault(id, 0);
      if (!hasRoom(prompt, output, shared)) {
        return;
      }
      waiting.removeFirst();
      Sequence one = new Sequence(id, prompt, output(id), had.getOrDefault(id, 0), now);
      one.reads.addAll(found);
      one.done = prompt - computed;
      unread.removeAll(found);
      running.add(one);
      evict();
      if (Double.isNaN(fleet.start[id])) {
        fleet.start[id] = now;
        reusedTokens += one.done;
      }
    }
  }

  private List<Integer> found(int id, int prompt) {
    List<Integer> found = new ArrayList<>();
    if (prefixBlocks == 0) {
      return found;
    }
    Set<Integer> there = read();
    there.addAll(unread);
    for (int block : requests.wholePrefixBlocks(id)) {
      if (!there.contains(block)
          || (found.size() + 1) * requests.prefixBlockTokens() > prompt - 1) {
        return found;
      }
      found.add(block);
    }
    return found;
  }

  private boolean hasRoom(int prompt, int output, long shared) {
    if (used() == 0) {
      return true;
    }
    double reserved = engine.reservedOutput();
    long left = sum(Sequence::left) + expected.stream().mapToLong(Sequence::left).sum();
    long promised = (long) Math.ceil(reserved * left / setup.blockTokens());
    int sequences = running.size() + expected.size();
    promised += reserved > 0 && setup.blockTokens() > 1 ? sequences : 0;
    promised = Math.max(promised, more());
    long own = blocks(prompt + (int) Math.ceil(reserved * output));
    return used() + promised + own - shared <= setup.poolBlocks();
  }

  private void accept(double seen) {
    while (!offered.isEmpty() && waiting.isEmpty() && hasSlot()) {
      int id = offered.peekFirst();
      int prompt = requests.inputTokens(id);
      if (fleet.handedOver[id] > seen || !hasRoom(prompt, requests.outputTokens(id) - 1, 0)) {
        return;
      }
      offered.removeFirst();
      expected.add(new Sequence(id, prompt, requests.outputTokens(id), 1, now));
      mostBlocks = Math.max(mostBlocks, used());
      fleet.accepted(id, now);
    }
  }

  private int output(int id) {
    return role == ReplicaRole.PREFILL ? 1 : requests.outputTokens(id);
  }

  private long blocks(long tokens) {
    return (tokens + setup.blockTokens() - 1) / setup.blockTokens();
  }
}
