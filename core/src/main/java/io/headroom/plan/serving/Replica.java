package io.headroom.plan.serving;

/**
 * One engine on a virtual clock: what waits, what runs, and the blocks of its cache. Whatever
 * changes, changes between two steps.
 */
final class Replica {
  private static final int NONE = Sequences.NONE;

  private final EngineScheduler engine;
  private final StepClock clock;
  private final ReplicaRole role;
  private final Requests requests;
  private final Outcomes outcomes;
  private final ReplicaEvents events;
  private final Timeline timeline;
  private final boolean promptsAlone;
  private final long stepTokens;
  private final long mostSequences;

  private final BlockPool pool;
  private final Sequences sequences = new Sequences();
  private final DecodingSequences decoding;

  private final PromptingSequences prompting = new PromptingSequences(sequences);

  /** Requests that wait: those that gave way first, in their order, then as they came. */
  private final IntQueue waiting = new IntQueue();

  /** Requests that the engine has not seen yet. */
  private final IntQueue arrived = new IntQueue();

  /** Requests whose keys and values are offered, are here, and are no longer needed here. */
  private final IntQueue offered = new IntQueue();

  private final IntQueue delivered = new IntQueue();
  private final IntQueue released = new IntQueue();

  private final PreemptedRequests preempted;
  private double now;
  private double lastBegunMillis;
  private long blocksInStep;
  private long queuedBlocks;
  private int expected;
  private long leftTokens;
  private boolean hasNews;

  private long preemptions;
  private long steps;
  private long reusedTokens;
  private double runningMillis;

  Replica(
      ReplicaSetup setup,
      ReplicaRole role,
      Requests requests,
      Outcomes outcomes,
      ReplicaEvents events,
      Timeline timeline) {
    this.engine = setup.engine();
    this.clock = setup.clock();
    this.role = role;
    this.requests = requests;
    this.outcomes = outcomes;
    this.events = events;
    this.timeline = timeline;
    this.promptsAlone = engine.scheduling() == Scheduling.PROMPTS_FIRST;
    this.stepTokens = (long) engine.mostTokens() * setup.attentionRanks();
    this.mostSequences = (long) engine.mostSequences() * setup.attentionRanks();
    boolean shares = requests.hasPrefixBlocks() && role != ReplicaRole.DECODE;
    this.pool =
        shares
            ? new BlockPool(
                setup.poolBlocks(),
                setup.blockTokens(),
                requests.distinctPrefixBlocks(),
                requests.prefixBlockTokens())
            : new BlockPool(setup.poolBlocks(), setup.blockTokens());
    this.preempted = new PreemptedRequests(requests.count());
    this.decoding = new DecodingSequences(setup.blockTokens(), requests.mostOutputTokens());
  }

  /** Takes a request at its arrival. */
  void take(int request) {
    arrived.addLast(request);
    queuedBlocks += pool.blocks(requests.inputTokens(request));
  }

  /** Is offered the keys and values of a prompt that was run elsewhere. */
  void offer(int request) {
    offered.addLast(request);
    queuedBlocks += pool.blocks(requests.inputTokens(request));
  }

  /** Has the keys and values that it was offered. */
  void deliver(int request) {
    delivered.addLast(request);
  }

  /** Need no longer hold keys and values, which others have now. */
  void release(int request) {
    released.addLast(request);
  }

  /** Lets time go by in which it could do nothing. */
  void sleepUntil(double millis) {
    if (millis > now) {
      pass(millis);
      lastBegunMillis = now;
    }
  }

  /**
   * Runs steps that begin before a time, at least one.
   *
   * @param stopsAtNews whether to stop behind a step in which a request ended, was handed over or
   *     was accepted, of which others may come to know
   * @return whether there is something to do at once
   */
  boolean advance(double untilMillis, boolean stopsAtNews) {
    hasNews = false;
    do {
      if (!step() || isIdle()) {
        return false;
      }
    } while (now < untilMillis && !(stopsAtNews && hasNews));
    return true;
  }

  private boolean isIdle() {
    return sequences.count() == 0
        && waiting.isEmpty()
        && arrived.isEmpty()
        && offered.isEmpty()
        && delivered.isEmpty()
        && released.isEmpty();
  }

  double nowMillis() {
    return now;
  }

  /** At a time that it has passed or reached: blocks in use, and those that requests wait for. */
  long loadBlocks(double millis) {
    return (millis < now ? blocksInStep : pool.used()) + queuedBlocks;
  }

  BlockPool pool() {
    return pool;
  }

  Sequences sequences() {
    return sequences;
  }

  DecodingSequences decoding() {
    return decoding;
  }

  PreemptedRequests preempted() {
    return preempted;
  }

  /** Requests that are here and not in the engine. */
  int waitingRequests() {
    return waiting.size() + arrived.size() + delivered.size();
  }

  /** How often a sequence lost what it had and was run again. */
  long preemptions() {
    return preemptions;
  }

  long steps() {
    return steps;
  }

  /** Prompt tokens of requests as they began that were found in the cache. */
  long reusedTokens() {
    return reusedTokens;
  }

  /** Sequences times milliseconds that they were in the engine. */
  double runningMillis() {
    return runningMillis;
  }

  /** False where nothing can be done until something comes from outside. */
  private boolean step() {
    double seen = engine.plansAhead() && sequences.count() > 0 ? lastBegunMillis : now;
    lastBegunMillis = now;
    takeIn(seen);
    if (!promptsAlone) {
      makeRoom();
    }
    long budget = stepTokens - (promptsAlone ? 0 : decoding.count());
    // Who has just given way needs more than it gave, so that nobody is admitted behind it.
    admit(budget);
    accept(seen);
    if (!prompting.isEmpty() && budget > 0) {
      runPrompts(budget);
      steps++;
      return true;
    }
    if (promptsAlone) {
      makeRoom();
    }
    if (decoding.count() == 0) {
      return false;
    }
    decode();
    steps++;
    return true;
  }

  private void takeIn(double seen) {
    while (!released.isEmpty()) {
      int request = released.removeFirst();
      int[] blocks = requests.wholePrefixBlocks(request);
      pool.giveBack(requests.inputTokens(request), blocks, shared(blocks));
    }
    while (!arrived.isEmpty() && outcomes.arrivalMillis(arrived.first()) <= seen) {
      waiting.addLast(arrived.removeFirst());
    }
    while (!delivered.isEmpty() && outcomes.handedOverMillis(delivered.first()) <= seen) {
      join(delivered.removeFirst());
    }
  }

  private int shared(int[] blocks) {
    return pool.sharesPrefixes() ? blocks.length : 0;
  }

  /** Blocks for the next token of all that decode; the youngest give way where there are none. */
  private void makeRoom() {
    // Those that are on their way hold blocks, and are no reason to wait for ever.
    int least = expected > 0 ? 0 : 1;
    while (!pool.hasRoom(decoding.neededBlocks()) && sequences.count() > least) {
      preempt(sequences.youngest());
    }
  }

  private void admit(long budget) {
    if (waiting.isEmpty()) {
      return;
    }
    long tokens = prompting.leftTokens();
    while (!waiting.isEmpty() && tokens < budget && hasSlot()) {
      int first = waiting.first();
      int had = preempted.had(first);
      int prompt = requests.inputTokens(first) + had;
      int[] blocks = requests.wholePrefixBlocks(first);
      int found = pool.found(blocks, prompt);
      long computed = prompt - pool.sharedTokens(found);
      boolean isCut = tokens + computed > budget;
      boolean mayBeCut = engine.scheduling() != Scheduling.WHOLE_PROMPTS || prompting.isEmpty();
      if ((isCut && !mayBeCut)
          || !hasRoom(prompt, outputTokens(first) - had, pool.usedByOthers(blocks, found))) {
        return;
      }
      waiting.removeFirst();
      enter(first, prompt, had, blocks, found);
      tokens += computed;
    }
  }

  private boolean hasSlot() {
    return sequences.count() + expected < mostSequences;
  }

  /**
   * Beside what runs, and what it will come to as far as that is reserved.
   *
   * @param shared blocks that it needs and others use
   */
  private boolean hasRoom(int prompt, int output, long shared) {
    if (pool.used() == 0) {
      return true;
    }
    double reserved = engine.reservedOutput();
    long promised = 0;
    if (reserved > 0) {
      promised = (long) Math.ceil(reserved * leftTokens / pool.blockTokens());
      promised += pool.blockTokens() > 1 ? sequences.count() + expected : 0;
    }
    long own = pool.blocks(prompt + (long) Math.ceil(reserved * output));
    return pool.hasRoom(Math.max(promised, decoding.neededBlocks()) + own - shared);
  }

  private void enter(int request, int prompt, int had, int[] blocks, int found) {
    int slot = sequences.admit(request, prompt, had, now);
    // All of a prompt's blocks are taken when it begins.
    pool.takePrompt(prompt, blocks, found);
    sequences.sharedBlocks(slot, found);
    int reused = (int) pool.sharedTokens(found);
    sequences.promptDone(slot, reused);
    queuedBlocks -= pool.blocks(prompt);
    leftTokens += outputTokens(request) - had;
    prompting.add(slot);
    if (outcomes.started(request, now)) {
      reusedTokens += reused;
      timeline.waited(outcomes.arrivalMillis(request), now);
    } else {
      timeline.waited(preempted.millis(request), now);
    }
  }

  /** Takes room for keys and values that are offered, as long as there is some. */
  private void accept(double seen) {
    while (!offered.isEmpty() && waiting.isEmpty() && hasSlot()) {
      int first = offered.first();
      int prompt = requests.inputTokens(first);
      int left = requests.outputTokens(first) - 1;
      if (outcomes.handedOverMillis(first) > seen || !hasRoom(prompt, left, 0)) {
        return;
      }
      offered.removeFirst();
      pool.take(pool.blocks(prompt));
      queuedBlocks -= pool.blocks(prompt);
      leftTokens += left;
      expected++;
      hasNews = true;
      events.accepted(first, now);
    }
  }

  private void join(int request) {
    expected--;
    int prompt = requests.inputTokens(request);
    int slot = sequences.admit(request, prompt, 1, now);
    sequences.promptDone(slot, prompt);
    decoding.start(slot, prompt, requests.outputTokens(request) - 1);
    outcomes.decodes(request, now);
    timeline.waited(outcomes.firstTokenMillis(request), now);
  }

  private void decode() {
    int count = decoding.count();
    pool.take(decoding.neededBlocks());
    pass(now + clock.decodeMillis(count, decoding.keptTokens()));
    endDecode(count);
  }

  private void runPrompts(long budget) {
    prompting.run(budget);
    int decodes = promptsAlone ? 0 : decoding.count();
    if (decodes > 0) {
      pool.take(decoding.neededBlocks());
    }
    pass(
        now
            + clock.millis(
                decodes,
                decodes == 0 ? 0 : (double) decoding.keptTokens() / decodes,
                prompting.runPrompts(),
                prompting.meanTokens(),
                prompting.meanPriorTokens()));
    if (decodes > 0) {
      endDecode(decodes);
    }
    for (int slot = prompting.removeDone(); slot != NONE; slot = prompting.removeDone()) {
      hasToken(slot);
    }
  }

  private void pass(double untilMillis) {
    pool.pass(untilMillis - now);
    if (role != ReplicaRole.PREFILL) {
      timeline.used(now, untilMillis, pool.used(), pool.size());
    }
    blocksInStep = pool.used();
    now = untilMillis;
  }

  private void endDecode(int count) {
    timeline.tokens(now, count);
    leftTokens -= count;
    int slot = decoding.step();
    while (slot != NONE) {
      int next = decoding.nextEnded(slot);
      giveBack(slot, decoding.kept(slot));
      end(sequences.request(slot));
      remove(slot);
      slot = next;
    }
  }

  /** After its prompt: the token that comes with it. */
  private void hasToken(int slot) {
    int request = sequences.request(slot);
    int prompt = sequences.promptTokens(slot);
    if (sequences.generated(slot) == 0) {
      outcomes.hasFirstToken(request, now);
    }
    timeline.tokens(now, 1);
    sequences.generated(slot, 1);
    leftTokens--;
    if (pool.sharesPrefixes()) {
      int[] blocks = requests.wholePrefixBlocks(request);
      pool.keepPrompt(blocks, sequences.sharedBlocks(slot));
      sequences.sharedBlocks(slot, blocks.length);
    }
    int left = outputTokens(request) - sequences.generated(slot);
    if (left > 0) {
      decoding.start(slot, prompt, left);
      return;
    }
    if (requests.outputTokens(request) > sequences.generated(slot)) {
      hasNews = true;
      events.prompted(request, now);
    } else {
      giveBack(slot, prompt);
      end(request);
    }
    remove(slot);
  }

  private void end(int request) {
    hasNews = true;
    outcomes.ended(request, now);
    timeline.completed(now);
    events.ended(request, now);
  }

  private void preempt(int slot) {
    int request = sequences.request(slot);
    boolean decodes = sequences.promptLeft(slot) == 0;
    if (decodes) {
      decoding.stop(slot);
      sequences.generated(slot, decoding.decoded(slot));
      giveBack(slot, decoding.kept(slot));
    } else {
      giveBack(slot, sequences.promptTokens(slot));
      prompting.removeYoungest();
    }
    int had = sequences.generated(slot);
    leftTokens -= outputTokens(request) - had;
    preempted.add(request, had, now);
    waiting.addFirst(request);
    queuedBlocks += pool.blocks((long) requests.inputTokens(request) + had);
    preemptions++;
    remove(slot);
  }

  private void giveBack(int slot, long tokens) {
    int[] blocks = requests.wholePrefixBlocks(sequences.request(slot));
    pool.giveBack(tokens, blocks, sequences.sharedBlocks(slot));
  }

  private void remove(int slot) {
    runningMillis += now - sequences.sinceMillis(slot);
    timeline.ran(sequences.sinceMillis(slot), now);
    sequences.remove(slot);
  }

  /** That are generated here. */
  private int outputTokens(int request) {
    return role == ReplicaRole.PREFILL ? 1 : requests.outputTokens(request);
  }
}
