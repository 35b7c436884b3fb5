package io.headroom.measure;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.OutputError;
import io.headroom.host.Disturbance;
import io.headroom.host.ResourceUsage;
import io.headroom.host.Ticker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Measures prefill and decode of one sequence: warm-up, then samples. A sample of prefill writes
 * the whole prompt into empty caches and computes its attention; a sample of decode writes one
 * position and computes its attention. Both go through all measured layers.
 *
 * <p>A phase is steady if its {@link WarmUp} settled. A sequence's budget is often too short for
 * that though the same kernels settled a moment ago; then it is steady if its own samples agree:
 * cut into three parts, their medians lie within ten percent of each other, and either the kernels
 * settled earlier in this process, or the samples alone took as long as three stretches of a
 * warm-up. Of a phase with fewer than three samples the last run of its warm-up counts too. What
 * never settles is measured all the same, and is not steady.
 */
public final class SequenceMeasurer {
  private static final SamplingPolicy POLICY = SamplingPolicy.STANDARD;

  private final AttentionEngine engine;
  private final Ticker ticker;
  private final Rendezvous copies;
  private MeasuringPhase phase = MeasuringPhase.DATA;

  public SequenceMeasurer(AttentionEngine engine, Ticker ticker) {
    this(engine, ticker, new Rendezvous(1));
  }

  /**
   * @param copies the measurements that take their samples together with this one
   */
  SequenceMeasurer(AttentionEngine engine, Ticker ticker, Rendezvous copies) {
    this.engine = engine;
    this.ticker = ticker;
    this.copies = copies;
  }

  /** What the request that was measured last had come to; tells where one failed. */
  public MeasuringPhase phase() {
    return phase;
  }

  /**
   * @throws IllegalArgumentException if the engine does not support the request
   * @throws io.headroom.attention.AttentionInterruptedException if the calling thread is
   *     interrupted; nothing of the measurement goes on then
   */
  public SequenceMeasurement measure(SequenceRequest request) {
    return measure(request, SteadyPhases.NONE);
  }

  /**
   * As {@link #measure(SequenceRequest)}, where it is known what has settled.
   *
   * @param settled the phases in which the same kernels settled earlier in this process
   */
  public SequenceMeasurement measure(SequenceRequest request, SteadyPhases settled) {
    try (Run run = new Run(request)) {
      return run.measure(settled);
    }
  }

  /**
   * Runs what {@link #measure} would, only to have it compiled: prefill, then decode, each until it
   * is warm or its time is up.
   *
   * @param budgetNanos of each phase
   * @return which phases settled; decode of no tokens does not
   * @throws IllegalArgumentException if the engine does not support the request
   */
  public SteadyPhases warmUp(SequenceRequest request, long budgetNanos) {
    try (Run run = new Run(request)) {
      return run.warmUp(budgetNanos);
    }
  }

  private final class Run implements AutoCloseable {
    private final SequenceRequest request;
    private final List<MeasuredLayer> layers = new ArrayList<>();
    private final long startNanos = ticker.nanos();
    private ResourceUsage usage = ResourceUsage.NONE;
    private Disturbance disturbance = Disturbance.NONE;

    /** Of the last prefill, or step of decode, while warming up. */
    private long warmUpNanos;

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

    SequenceMeasurement measure(SteadyPhases settled) {
      phase = MeasuringPhase.DATA;
      prepare();
      phase = MeasuringPhase.PREFILL;
      WarmUp.Outcome prefillWarmUp =
          WarmUp.run(this::warmUpPrefill, POLICY.warmUpNanos(request.budgetNanos()));
      RecentSamples recent = new RecentSamples(warmUpNanos);
      LatencyHistogram prefill = samplePrefill(recent);
      boolean steadyPrefill = prefillWarmUp.steady() || recent.steady(settled.prefill());
      WarmUp.Outcome decodeWarmUp = new WarmUp.Outcome(0, true);
      LatencyHistogram decode = new LatencyHistogram();
      boolean steadyDecode = true;
      if (request.outputTokens() > 0) {
        phase = MeasuringPhase.DECODE;
        decodeWarmUp = WarmUp.run(this::decodePass, POLICY.warmUpNanos(request.budgetNanos()));
        recent = new RecentSamples(warmUpNanos);
        decode = sampleDecode(recent);
        steadyDecode = decodeWarmUp.steady() || recent.steady(settled.decode());
      }
      long allocatedBytes = layers.stream().mapToLong(MeasuredLayer::allocatedBytes).sum();
      return new SequenceMeasurement(
          allocatedBytes,
          prefill,
          decode,
          prefillWarmUp.iterations() + decodeWarmUp.iterations(),
          new SteadyPhases(steadyPrefill, steadyDecode),
          usage,
          disturbance,
          request.verify() ? Optional.of(verify()) : Optional.empty());
    }

    SteadyPhases warmUp(long budgetNanos) {
      phase = MeasuringPhase.WARM_UP;
      prepare();
      boolean prefill = WarmUp.run(this::prefill, budgetNanos).steady();
      boolean decode =
          request.outputTokens() > 0 && WarmUp.run(this::decodePass, budgetNanos).steady();
      return new SteadyPhases(prefill, decode);
    }

    private LatencyHistogram samplePrefill(RecentSamples recent) {
      LatencyHistogram samples = LatencyHistogram.reserved();
      copies.begin();
      Disturbance.Snapshot undisturbed = Disturbance.snapshot(request.threads());
      ResourceUsage before = ResourceUsage.now(request.threads());
      do {
        long nanos = prefill();
        samples.record(nanos);
        recent.record(nanos);
      } while (samples.samples() < request.minSamples()
          && spent() < POLICY.prefillNanos(request.budgetNanos()));
      add(before, undisturbed);
      copies.end(this::prefill);
      return samples;
    }

    /** Whole passes over the output positions, so that each is sampled equally often. */
    private LatencyHistogram sampleDecode(RecentSamples recent) {
      LatencyHistogram samples = LatencyHistogram.reserved();
      copies.begin();
      Disturbance.Snapshot undisturbed = Disturbance.snapshot(request.threads());
      ResourceUsage before = ResourceUsage.now(request.threads());
      long beganNanos = ticker.nanos();
      do {
        for (int step = 0; step < request.outputTokens(); step++) {
          long nanos = decodeStep(request.promptTokens() + step);
          samples.record(nanos);
          recent.record(nanos);
          if (!mayGoOn(beganNanos)) {
            break;
          }
        }
        forgetOutput();
      } while (mayGoOn(beganNanos) && wantsMore(samples, beganNanos));
      add(before, undisturbed);
      copies.end(this::decodePass);
      return samples;
    }

    /** Usage first, so that it holds nothing of reading the other counters. */
    private void add(ResourceUsage before, Disturbance.Snapshot undisturbed) {
      usage = usage.plus(ResourceUsage.now(request.threads()).minus(before));
      disturbance = disturbance.plus(undisturbed.until(Disturbance.snapshot(request.threads())));
    }

    /** A prefill may have taken the whole budget; a little is left for decoding all the same. */
    private boolean mayGoOn(long beganNanos) {
      return spent() < request.budgetNanos() || isCheap(beganNanos);
    }

    private boolean wantsMore(LatencyHistogram samples, long beganNanos) {
      return samples.samples() < request.minSamples()
          || (isCheap(beganNanos) && samples.samples() < POLICY.cheapDecodeSamples());
    }

    private boolean isCheap(long beganNanos) {
      return ticker.nanos() - beganNanos < POLICY.cheapNanos(request.budgetNanos());
    }

    private long prefill() {
      long began = ticker.nanos();
      for (MeasuredLayer layer : layers) {
        layer.prefill(request.promptTokens());
      }
      return ticker.nanos() - began;
    }

    private long warmUpPrefill() {
      warmUpNanos = prefill();
      return warmUpNanos;
    }

    private long decodePass() {
      int steps = POLICY.warmUpSteps(request.kvCache(), request.outputTokens());
      long nanos = 0;
      for (int step = 0; step < steps; step++) {
        nanos += decodeStep(request.promptTokens() + step);
      }
      forgetOutput();
      warmUpNanos = nanos / steps;
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
      phase = MeasuringPhase.VERIFICATION;
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

    @Override
    public void close() {
      CloseAll.of(layers, MeasuredLayer::close);
    }
  }
}
