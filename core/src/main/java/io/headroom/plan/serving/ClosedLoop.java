package io.headroom.plan.serving;

import io.headroom.plan.time.StepLoad;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * A fixed number of requests in flight: one that ends is followed by the next. Steps follow one
 * another, and the tokens of a step come at its end. Steps that only decode are run many at once,
 * up to the next that ends or arrives.
 */
public final class ClosedLoop {
  /**
   * Between the last token of a request and the arrival of the next in the engine's queue: the way
   * to the client and back, and the tokens of its prompt. It is in TTFT as clients measure it.
   */
  private static final double TURNAROUND_MILLIS = 5;

  /** Mean of what comes on top, exponentially distributed: requests do not arrive in one moment. */
  private static final double JITTER_MILLIS = 2;

  private static final long SEED = 7;

  private static final class Sequence {
    final RequestShape shape;
    final double sentMillis;
    final double arrivalMillis;

    /** Positions to run before the next token: the prompt, after a preemption all that it had. */
    int promptTokens;

    int promptDone;
    int generated;
    double firstTokenMillis = Double.NaN;

    Sequence(RequestShape shape, double sentMillis, double arrivalMillis) {
      this.shape = shape;
      this.sentMillis = sentMillis;
      this.arrivalMillis = arrivalMillis;
      this.promptTokens = shape.inputTokens();
    }

    int kept() {
      return decodes() ? shape.inputTokens() + generated : promptDone;
    }

    boolean decodes() {
      return promptDone == promptTokens;
    }

    int left() {
      return shape.outputTokens() - generated;
    }
  }

  /**
   * Means over all requests.
   *
   * @param tpotMillis (end-to-end - TTFT) / (output tokens - 1); NaN where all have one token
   * @param running sequences that are in the engine, on average over time
   * @param preemptions how often a sequence lost what it had and was run again
   * @param millis from the first request to the end of the last
   */
  public record Result(
      double ttftMillis, double tpotMillis, double running, int preemptions, double millis) {}

  private final EngineScheduler engine;
  private final ToDoubleFunction<StepLoad> stepMillis;
  private final int ranks;
  private final long poolTokens;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final PriorityQueue<Sequence> arriving =
      new PriorityQueue<>(
          Comparator.comparingDouble((Sequence sequence) -> sequence.arrivalMillis));
  private final Deque<Sequence> waiting = new ArrayDeque<>();
  private final List<Sequence> running = new ArrayList<>();
  private double now;
  private double lastBegunMillis;
  private int preemptions;

  private double ttftSum;
  private double tpotSum;
  private int severalTokens;
  private double runningMillis;

  private ClosedLoop(
      ToDoubleFunction<StepLoad> stepMillis, EngineScheduler engine, int ranks, long poolTokens) {
    this.stepMillis = stepMillis;
    this.engine = engine;
    this.ranks = ranks;
    this.poolTokens = poolTokens;
  }

  /**
   * @param stepMillis how long a step takes
   * @param ranks that attend to sequences of their own
   * @param poolTokens that the caches of all ranks hold
   * @param requests in the order in which they are sent
   * @param concurrency in flight at once
   * @throws IllegalArgumentException if one of them can never fit
   */
  public static Result run(
      ToDoubleFunction<StepLoad> stepMillis,
      EngineScheduler engine,
      int ranks,
      long poolTokens,
      List<RequestShape> requests,
      int concurrency) {
    for (RequestShape request : requests) {
      if (request.tokens() > poolTokens) {
        throw new IllegalArgumentException(
            "a request of %d tokens does not fit into %d".formatted(request.tokens(), poolTokens));
      }
    }
    return new ClosedLoop(stepMillis, engine, ranks, poolTokens).run(requests, concurrency);
  }

  private Result run(List<RequestShape> requests, int concurrency) {
    Iterator<RequestShape> next = requests.iterator();
    for (int i = 0; i < concurrency && next.hasNext(); i++) {
      send(next.next());
    }
    while (!arriving.isEmpty() || !waiting.isEmpty() || !running.isEmpty()) {
      if (waiting.isEmpty() && running.isEmpty()) {
        now = Math.max(now, arriving.peek().arrivalMillis);
      }
      double planned = engine.plansAhead() && !running.isEmpty() ? lastBegunMillis : now;
      while (!arriving.isEmpty() && arriving.peek().arrivalMillis <= planned) {
        waiting.add(arriving.poll());
      }
      double begun = now;
      lastBegunMillis = now;
      int inEngine = step();
      runningMillis += (now - begun) * inEngine;
      for (Iterator<Sequence> all = running.iterator(); all.hasNext(); ) {
        Sequence sequence = all.next();
        if (sequence.left() == 0) {
          all.remove();
          end(sequence);
          if (next.hasNext()) {
            send(next.next());
          }
        }
      }
    }
    return new Result(
        ttftSum / requests.size(),
        severalTokens == 0 ? Double.NaN : tpotSum / severalTokens,
        runningMillis / now,
        preemptions,
        now);
  }

  private void send(RequestShape shape) {
    double jitter = -JITTER_MILLIS * Math.log(1 - random.nextDouble());
    arriving.add(new Sequence(shape, now, now + TURNAROUND_MILLIS + jitter));
  }

  private void end(Sequence sequence) {
    if (sequence.generated > 1) {
      tpotSum += (now - sequence.firstTokenMillis) / (sequence.generated - 1);
      severalTokens++;
    }
  }

  /** Runs one step, or as many as are alike; how many sequences were in the engine. */
  private int step() {
    List<Sequence> decoding = new ArrayList<>();
    List<Sequence> prompts = new ArrayList<>();
    long kept = 0;
    long decodingKept = 0;
    for (Sequence sequence : running) {
      (sequence.decodes() ? decoding : prompts).add(sequence);
      kept += sequence.kept();
      decodingKept += sequence.decodes() ? sequence.kept() : 0;
    }
    boolean promptsAlone = engine.scheduling() == Scheduling.PROMPTS_FIRST;
    long budget = (long) engine.mostTokens() * ranks - (promptsAlone ? 0 : decoding.size());
    admit(prompts, kept, decoding.size(), budget);
    if (prompts.isEmpty()) {
      decodeOn(decoding, kept, decodingKept);
      return decoding.size();
    }
    StepLoad load = runPrompts(prompts, budget);
    if (!promptsAlone && !decoding.isEmpty()) {
      load =
          new StepLoad(
              decoding.size(),
              (double) decodingKept / decoding.size(),
              load.prompts(),
              load.promptTokens(),
              load.priorTokens());
    }
    now += stepMillis.applyAsDouble(load);
    if (!promptsAlone) {
      decoding.forEach(sequence -> sequence.generated++);
    }
    for (Sequence sequence : prompts) {
      if (sequence.decodes()) {
        sequence.generated++;
        if (Double.isNaN(sequence.firstTokenMillis)) {
          sequence.firstTokenMillis = now;
          ttftSum += now - sequence.sentMillis;
        }
      }
    }
    int inEngine = running.size();
    preempt();
    return inEngine;
  }

  /** Takes from the queue what has room. */
  private void admit(List<Sequence> prompts, long kept, int decoding, long budget) {
    long tokens = 0;
    long promised = kept;
    for (Sequence sequence : running) {
      long rest = (long) sequence.promptTokens - sequence.promptDone;
      tokens += rest;
      promised += rest + (long) (engine.reservedOutput() * sequence.left());
    }
    promised += engine.reservedOutput() == 0 ? decoding : 0;
    while (!waiting.isEmpty() && tokens < budget) {
      Sequence first = waiting.peek();
      long needed = first.promptTokens + (long) (engine.reservedOutput() * first.left());
      boolean hasRoom =
          running.size() < (long) engine.mostSequences() * ranks
              && (running.isEmpty() || promised + needed <= poolTokens);
      boolean isCut = tokens + first.promptTokens > budget;
      boolean mayBeCut = engine.scheduling() != Scheduling.WHOLE_PROMPTS || prompts.isEmpty();
      if (!hasRoom || (isCut && !mayBeCut)) {
        return;
      }
      waiting.poll();
      running.add(first);
      prompts.add(first);
      promised += needed;
      tokens += first.promptTokens;
    }
  }

  private static StepLoad runPrompts(List<Sequence> prompts, long budget) {
    long left = budget;
    double count = 0;
    double tokens = 0;
    double prior = 0;
    for (Sequence sequence : prompts) {
      int part = (int) Math.min(left, (long) sequence.promptTokens - sequence.promptDone);
      if (part > 0) {
        count++;
        tokens += part;
        prior += sequence.promptDone;
        sequence.promptDone += part;
        left -= part;
      }
    }
    return new StepLoad(0, 0, count, tokens / count, prior / count);
  }

  /** As many steps as nothing but decoding happens in. */
  private void decodeOn(List<Sequence> decoding, long kept, long decodingKept) {
    int count = decoding.size();
    double mean = (double) decodingKept / count;
    double first = stepMillis.applyAsDouble(StepLoad.decode(count, mean));
    long steps = decoding.stream().mapToInt(Sequence::left).min().orElseThrow();
    steps = Math.min(steps, Math.max(1, (poolTokens - kept) / count));
    if (!arriving.isEmpty()) {
      double until = arriving.peek().arrivalMillis - now;
      long before = Math.max(1, (long) Math.ceil(until / first));
      steps = Math.min(steps, engine.plansAhead() ? before + 1 : before);
    }
    double last =
        steps == 1 ? first : stepMillis.applyAsDouble(StepLoad.decode(count, mean + steps - 1));
    now += steps * (first + last) / 2;
    lastBegunMillis = now - last;
    for (Sequence sequence : decoding) {
      sequence.generated += (int) steps;
    }
    preempt();
  }

  /** The last to come give up their room, and run again what they had. */
  private void preempt() {
    long kept = running.stream().mapToLong(Sequence::kept).sum();
    while (kept > poolTokens && running.size() > 1) {
      Sequence last = running.remove(running.size() - 1);
      kept -= last.kept();
      last.promptTokens = last.shape.inputTokens() + last.generated;
      last.promptDone = 0;
      waiting.addFirst(last);
      preemptions++;
    }
  }
}
