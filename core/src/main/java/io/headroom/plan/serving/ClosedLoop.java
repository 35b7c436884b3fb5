package io.headroom.plan.serving;

import io.headroom.plan.time.StepLoad;
import io.headroom.plan.time.StepTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * A fixed number of requests in flight: one that ends is followed by the next at once. Steps follow
 * one another, each as long as {@link StepTable} says; the tokens of a step come at its end.
 */
public final class ClosedLoop {
  private static final class Sequence {
    final RequestShape shape;
    final double begunMillis;

    /** Positions to run before the first token, after a preemption those that it had. */
    int promptTokens;

    int promptDone;
    int generated;
    double firstTokenMillis = Double.NaN;

    Sequence(RequestShape shape, double begunMillis) {
      this.shape = shape;
      this.begunMillis = begunMillis;
      this.promptTokens = shape.inputTokens();
    }

    int kept() {
      return promptDone + generated - Math.max(0, promptTokens - shape.inputTokens());
    }

    boolean decodes() {
      return promptDone == promptTokens;
    }
  }

  /**
   * Means over all requests.
   *
   * @param tpotMillis (end-to-end - TTFT) / (output tokens - 1)
   * @param meanRunning sequences in a step, on average over time
   * @param preemptions how often a sequence lost what it had and was run again
   */
  public record Result(
      double ttftMillis,
      double tpotMillis,
      double meanRunning,
      int preemptions,
      double millis,
      long steps) {}

  private final StepTable table;
  private final EngineScheduler engine;
  private final int ranks;
  private final long poolTokens;
  private final Deque<Sequence> waiting = new ArrayDeque<>();
  private final List<Sequence> running = new ArrayList<>();
  private long kept;
  private int preemptions;

  /**
   * @param ranks that attend to sequences of their own
   * @param poolTokens that the caches of all ranks hold
   */
  public ClosedLoop(StepTable table, EngineScheduler engine, int ranks, long poolTokens) {
    this.table = table;
    this.engine = engine;
    this.ranks = ranks;
    this.poolTokens = poolTokens;
  }

  /**
   * @param requests in the order in which they are sent
   * @param concurrency in flight at once
   * @throws IllegalArgumentException if one of them can never fit
   */
  public Result run(List<RequestShape> requests, int concurrency) {
    for (RequestShape request : requests) {
      if (request.tokens() > poolTokens) {
        throw new IllegalArgumentException(
            "a request of %d tokens does not fit into %d".formatted(request.tokens(), poolTokens));
      }
    }
    Iterator<RequestShape> next = requests.iterator();
    for (int i = 0; i < concurrency && next.hasNext(); i++) {
      waiting.add(new Sequence(next.next(), 0));
    }
    double now = 0;
    double ttft = 0;
    double tpot = 0;
    int severalTokens = 0;
    double runningMillis = 0;
    long steps = 0;
    while (!waiting.isEmpty() || !running.isEmpty()) {
      double millis = step();
      runningMillis += millis * running.size();
      now += millis;
      steps++;
      for (Iterator<Sequence> all = running.iterator(); all.hasNext(); ) {
        Sequence sequence = all.next();
        if (sequence.generated > 0 && Double.isNaN(sequence.firstTokenMillis)) {
          sequence.firstTokenMillis = now;
          ttft += now - sequence.begunMillis;
        }
        if (sequence.generated == sequence.shape.outputTokens()) {
          all.remove();
          kept -= sequence.kept();
          if (sequence.generated > 1) {
            tpot += (now - sequence.firstTokenMillis) / (sequence.generated - 1);
            severalTokens++;
          }
          if (next.hasNext()) {
            waiting.add(new Sequence(next.next(), now));
          }
        }
      }
    }
    return new Result(
        ttft / requests.size(),
        severalTokens == 0 ? Double.NaN : tpot / severalTokens,
        runningMillis / now,
        preemptions,
        now,
        steps);
  }

  /** Plans and runs one step; its milliseconds. */
  private double step() {
    boolean promptsAlone = engine.scheduling() == Scheduling.PROMPTS_FIRST;
    int decoding = 0;
    long decodingKept = 0;
    for (Sequence sequence : running) {
      if (sequence.decodes()) {
        decoding++;
        decodingKept += sequence.kept();
      }
    }
    long budget = (long) engine.mostTokens() * ranks - (promptsAlone ? 0 : decoding);
    double prompts = 0;
    double promptTokens = 0;
    double priorTokens = 0;
    List<Sequence> finished = new ArrayList<>();
    for (Sequence sequence : running) {
      if (!sequence.decodes() && budget > 0) {
        int part = (int) Math.min(budget, sequence.promptTokens - sequence.promptDone);
        budget -= part;
        prompts++;
        promptTokens += part;
        priorTokens += sequence.promptDone;
        sequence.promptDone += part;
        kept += part;
        if (sequence.decodes()) {
          finished.add(sequence);
        }
      }
    }
    while (!waiting.isEmpty() && budget > 0 && hasRoom(waiting.peek(), decoding)) {
      Sequence sequence = waiting.peek();
      boolean cuts = engine.scheduling() == Scheduling.CHUNKED_PROMPTS || prompts == 0;
      if (sequence.promptTokens > budget && !cuts) {
        break;
      }
      waiting.poll();
      running.add(sequence);
      int part = (int) Math.min(budget, sequence.promptTokens);
      budget -= part;
      prompts++;
      promptTokens += part;
      sequence.promptDone = part;
      kept += part;
      if (sequence.decodes()) {
        finished.add(sequence);
      }
    }
    boolean decodes = decoding > 0 && !(promptsAlone && prompts > 0);
    if (decodes) {
      for (Sequence sequence : running) {
        if (sequence.decodes() && !finished.contains(sequence)) {
          sequence.generated++;
          kept++;
        }
      }
    }
    for (Sequence sequence : finished) {
      sequence.generated++;
      kept++;
    }
    preempt();
    return table.millis(
        new StepLoad(
            decodes ? decoding : 0,
            decodes ? (double) decodingKept / decoding : 0,
            prompts,
            prompts > 0 ? promptTokens / prompts : 0,
            prompts > 0 ? priorTokens / prompts : 0));
  }

  private boolean hasRoom(Sequence sequence, int decoding) {
    if (running.size() >= (long) engine.mostSequences() * ranks) {
      return false;
    }
    if (running.isEmpty()) {
      return true;
    }
    double reserved = 0;
    if (engine.reservedOutput() > 0) {
      for (Sequence other : running) {
        reserved += engine.reservedOutput() * (other.shape.outputTokens() - other.generated);
        reserved += other.promptTokens - other.promptDone;
      }
      reserved += engine.reservedOutput() * sequence.shape.outputTokens();
    } else {
      reserved = decoding;
    }
    return kept + sequence.promptTokens + reserved <= poolTokens;
  }

  /** The last to come give up their room, and run again what they had. */
  private void preempt() {
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
