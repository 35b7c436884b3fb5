package io.headroom.measure;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Measures prefill and decode of one sequence: warm-up, then samples. A sample of prefill writes
 * the whole prompt into empty caches and computes its attention; a sample of decode writes one
 * position and computes its attention. Both go through all measured layers.
 */
public final class SequenceMeasurer {
  /** Decoding goes on to so many samples where they are cheap: enough for a 90th percentile. */
  private static final int CHEAP_DECODE_SAMPLES = LatencyHistogram.MIN_SAMPLES_P90;

  private static final double CHEAP_SHARE = 0.05;
  private static final double WARM_UP_SHARE = 0.125;
  private static final double PREFILL_SHARE = 0.5;
  private static final int WARM_UP_STEPS = 16;

  private final AttentionEngine engine;
  private final Ticker ticker;

  public SequenceMeasurer(AttentionEngine engine, Ticker ticker) {
    this.engine = engine;
    this.ticker = ticker;
  }

  /**
   * @throws IllegalArgumentException if the engine does not support the request
   */
  public SequenceMeasurement measure(SequenceRequest request) {
    try (Run run = new Run(request)) {
      return run.measure();
    }
  }

  /**
   * Runs what {@link #measure} would, only to have it compiled: prefill, then decode, each until it
   * is warm or its time is up.
   *
   * @param budgetNanos of each phase
   * @throws IllegalArgumentException if the engine does not support the request
   */
  public void warmUp(SequenceRequest request, long budgetNanos) {
    try (Run run = new Run(request)) {
      run.warmUp(budgetNanos);
    }
  }

  private final class Run implements AutoCloseable {
    private final SequenceRequest request;
    private final List<MeasuredLayer> layers = new ArrayList<>();
    private final long startNanos = ticker.nanos();
    private ResourceUsage usage = ResourceUsage.NONE;

    Run(SequenceRequest request) {
      this.request = request;
    }

    private void prepare() {
      Map<Attention, SequenceTensors> tensors = new HashMap<>();
      for (Attention attention : request.layers()) {
        SequenceTensors data =
            tensors.computeIfAbsent(
                SequenceTensors.keyOf(attention),
                key -> SequenceTensors.gaussian(key, request.totalTokens(), request.seed()));
        layers.add(new MeasuredLayer(engine, attention, data, request.cache(attention)));
      }
    }

    SequenceMeasurement measure() {
      prepare();
      WarmUp.Outcome prefillWarmUp = WarmUp.run(this::prefill, share(WARM_UP_SHARE));
      LatencyHistogram prefill = samplePrefill();
      WarmUp.Outcome decodeWarmUp = new WarmUp.Outcome(0, true);
      LatencyHistogram decode = new LatencyHistogram();
      if (request.outputTokens() > 0) {
        decodeWarmUp = WarmUp.run(this::decodePass, share(WARM_UP_SHARE));
        decode = sampleDecode();
      }
      long allocatedBytes = layers.stream().mapToLong(MeasuredLayer::allocatedBytes).sum();
      return new SequenceMeasurement(
          allocatedBytes,
          prefill,
          decode,
          prefillWarmUp.iterations() + decodeWarmUp.iterations(),
          prefillWarmUp.steady() && decodeWarmUp.steady(),
          usage,
          request.verify() ? Optional.of(verify()) : Optional.empty());
    }

    void warmUp(long budgetNanos) {
      prepare();
      WarmUp.run(this::prefill, budgetNanos);
      if (request.outputTokens() > 0) {
        WarmUp.run(this::decodePass, budgetNanos);
      }
    }

    private LatencyHistogram samplePrefill() {
      LatencyHistogram samples = LatencyHistogram.reserved();
      ResourceUsage before = ResourceUsage.now(request.threads());
      do {
        samples.record(prefill());
      } while (samples.samples() < request.minSamples() && spent() < share(PREFILL_SHARE));
      usage = usage.plus(ResourceUsage.now(request.threads()).minus(before));
      return samples;
    }

    /** Whole passes over the output positions, so that each is sampled equally often. */
    private LatencyHistogram sampleDecode() {
      LatencyHistogram samples = LatencyHistogram.reserved();
      ResourceUsage before = ResourceUsage.now(request.threads());
      long beganNanos = ticker.nanos();
      do {
        for (int step = 0; step < request.outputTokens(); step++) {
          samples.record(decodeStep(request.promptTokens() + step));
          if (spent() > request.budgetNanos()) {
            break;
          }
        }
        forgetOutput();
      } while (spent() < request.budgetNanos() && wantsMore(samples, beganNanos));
      usage = usage.plus(ResourceUsage.now(request.threads()).minus(before));
      return samples;
    }

    private boolean wantsMore(LatencyHistogram samples, long beganNanos) {
      boolean cheap = ticker.nanos() - beganNanos < share(CHEAP_SHARE);
      return samples.samples() < request.minSamples()
          || (cheap && samples.samples() < CHEAP_DECODE_SAMPLES);
    }

    private long prefill() {
      long began = ticker.nanos();
      for (MeasuredLayer layer : layers) {
        layer.prefill(request.promptTokens());
      }
      return ticker.nanos() - began;
    }

    private long decodePass() {
      int steps = request.kvCache() ? Math.min(request.outputTokens(), WARM_UP_STEPS) : 1;
      long nanos = 0;
      for (int step = 0; step < steps; step++) {
        nanos += decodeStep(request.promptTokens() + step);
      }
      forgetOutput();
      return nanos;
    }

    private long decodeStep(int position) {
      long began = ticker.nanos();
      for (MeasuredLayer layer : layers) {
        if (request.kvCache()) {
          layer.decode(position);
        } else {
          layer.prefill(position + 1);
        }
      }
      return ticker.nanos() - began;
    }

    private void forgetOutput() {
      for (MeasuredLayer layer : layers) {
        layer.truncate(request.promptTokens());
      }
    }

    private OutputError verify() {
      MeasuredLayer layer = layers.get(0);
      layer.prefill(request.kvCache() ? request.promptTokens() : request.totalTokens());
      for (int step = 0; request.kvCache() && step < request.outputTokens(); step++) {
        layer.decode(request.promptTokens() + step);
      }
      return OutputVerification.compare(layer, request);
    }

    private long spent() {
      return ticker.nanos() - startNanos;
    }

    private long share(double share) {
      return (long) (share * request.budgetNanos());
    }

    @Override
    public void close() {
      layers.forEach(MeasuredLayer::close);
    }
  }
}
