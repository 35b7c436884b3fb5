package io.headroom.measure;

import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionInterruptedException;
import io.headroom.attention.OutputError;
import io.headroom.host.Disturbance;
import io.headroom.host.ResourceUsage;
import io.headroom.host.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Measures what a sequence costs while copies of it run beside it in the same process: every copy
 * has an engine, caches and data of its own, all take their samples at the same time, and the
 * samples of all are one measurement. A single copy is measured on the calling thread.
 */
public final class SideBySide implements AutoCloseable {
  private final List<AttentionEngine> engines = new ArrayList<>();
  private final Ticker ticker;
  private MeasuringPhase phase = MeasuringPhase.DATA;

  /**
   * @param copies that run at the same time, at least 1
   * @param newEngine makes the engine of a copy
   */
  public SideBySide(int copies, Supplier<AttentionEngine> newEngine, Ticker ticker) {
    if (copies < 1) {
      throw new IllegalArgumentException("copies must be at least 1: " + copies);
    }
    this.ticker = ticker;
    try {
      for (int copy = 0; copy < copies; copy++) {
        engines.add(newEngine.get());
      }
    } catch (RuntimeException | Error e) {
      closeAfter(e);
      throw e;
    }
  }

  private void closeAfter(Throwable failure) {
    try {
      close();
    } catch (RuntimeException | Error e) {
      failure.addSuppressed(e);
    }
  }

  public int count() {
    return engines.size();
  }

  /** The engine of the first copy; the others are like it. */
  public AttentionEngine engine() {
    return engines.get(0);
  }

  /** What the request that came last had come to on the first copy; tells where one failed. */
  public MeasuringPhase phase() {
    return phase;
  }

  /** Why the engines cannot compute at the same time, in one line; empty if they can. */
  public Optional<String> unsupported() {
    return engines.size() == 1 ? Optional.empty() : engine().unsupportedSideBySide();
  }

  /**
   * Samples of all copies together; a bad output of any copy is the measurement's.
   *
   * @throws IllegalArgumentException if the engine does not support the request
   */
  public SequenceMeasurement measure(SequenceRequest request) {
    return measure(request, SteadyPhases.NONE);
  }

  /** As {@link SequenceMeasurer#measure(SequenceRequest, SteadyPhases)}, on every copy. */
  SequenceMeasurement measure(SequenceRequest request, SteadyPhases settled) {
    return merged(request.threads(), onEveryCopy(measurer -> measurer.measure(request, settled)));
  }

  /**
   * As {@link SequenceMeasurer#warmUp}, on every copy.
   *
   * @return the phases that settled on all of them
   * @throws IllegalArgumentException if the engine does not support the request
   */
  public SteadyPhases warmUp(SequenceRequest request, long budgetNanos) {
    return onEveryCopy(measurer -> measurer.warmUp(request, budgetNanos)).stream()
        .reduce(SteadyPhases::and)
        .orElseThrow();
  }

  private <T> List<T> onEveryCopy(Function<SequenceMeasurer, T> action) {
    Rendezvous rendezvous = new Rendezvous(engines.size());
    List<SequenceMeasurer> measurers =
        engines.stream().map(engine -> new SequenceMeasurer(engine, ticker, rendezvous)).toList();
    try {
      return measurers.size() == 1
          ? List.of(action.apply(measurers.get(0)))
          : together(measurers, action, rendezvous);
    } finally {
      phase = measurers.get(0).phase();
    }
  }

  private static <T> List<T> together(
      List<SequenceMeasurer> measurers,
      Function<SequenceMeasurer, T> action,
      Rendezvous rendezvous) {
    ExecutorService threads = Executors.newFixedThreadPool(measurers.size());
    try {
      CompletionService<T> copies = new ExecutorCompletionService<>(threads);
      measurers.forEach(measurer -> copies.submit(() -> action.apply(measurer)));
      return results(copies, measurers.size(), rendezvous, threads);
    } finally {
      threads.shutdown();
    }
  }

  /** Returns or throws when all copies have ended: one that ran on would disturb what follows. */
  private static <T> List<T> results(
      CompletionService<T> copies, int count, Rendezvous rendezvous, ExecutorService threads) {
    List<T> results = new ArrayList<>();
    Throwable failure = null;
    boolean interrupted = false;
    int running = count;
    while (running > 0) {
      try {
        Future<T> ended = copies.take();
        running--;
        results.add(ended.get());
      } catch (InterruptedException e) {
        interrupted = true;
        rendezvous.dissolve();
        threads.shutdownNow();
      } catch (ExecutionException e) {
        failure = failure == null ? e.getCause() : failure;
        rendezvous.dissolve();
        threads.shutdownNow();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
    if (interrupted) {
      throw new AttentionInterruptedException();
    }
    return results;
  }

  /**
   * @param threads of every copy's engine
   */
  static SequenceMeasurement merged(int threads, List<SequenceMeasurement> copies) {
    SequenceMeasurement first = copies.get(0);
    if (copies.size() == 1) {
      return first;
    }
    LatencyHistogram prefill = new LatencyHistogram();
    LatencyHistogram decode = new LatencyHistogram();
    int warmUpIterations = 0;
    SteadyPhases steady = first.steady();
    Disturbance disturbance = Disturbance.NONE;
    for (SequenceMeasurement copy : copies) {
      prefill.add(copy.prefill());
      decode.add(copy.decode());
      warmUpIterations = Math.max(warmUpIterations, copy.warmUpIterations());
      steady = steady.and(copy.steady());
      disturbance = disturbance.beside(copy.disturbance());
    }
    return new SequenceMeasurement(
        first.kvBytesAllocated(),
        prefill,
        decode,
        warmUpIterations,
        steady,
        usage(threads, copies),
        disturbance,
        copies.stream().flatMap(copy -> copy.outputError().stream()).reduce(OutputError::worse));
  }

  /**
   * Collections are of the process, and so is the processor time of more than one thread: there
   * every copy has counted that of all.
   */
  private static ResourceUsage usage(int threads, List<SequenceMeasurement> copies) {
    ResourceUsage sum = ResourceUsage.NONE;
    long gcMillis = 0;
    for (SequenceMeasurement copy : copies) {
      sum = sum.plus(copy.usage());
      gcMillis = Math.max(gcMillis, copy.usage().gcMillis());
    }
    long cpuNanos = threads == 1 ? sum.cpuNanos() : sum.cpuNanos() / copies.size();
    return new ResourceUsage(sum.wallNanos(), cpuNanos, gcMillis, sum.allocatedBytes());
  }

  @Override
  public void close() {
    CloseAll.of(engines, AttentionEngine::close);
  }
}
