package io.headroom.jobs.sweep.cost;

import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.MeasureSettings;
import io.headroom.jobs.sweep.cells.Shard;
import io.headroom.jobs.workload.Sequence;
import io.headroom.measure.SamplingPolicy;
import io.headroom.measure.SamplingPolicy.ExpectedNanos;
import io.headroom.measure.SequenceWork;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Predicts how long attention and its measurement take, to balance packs and to tell a user when a
 * sweep will be done. Where nothing is known the constants are those of one core of a recent
 * server; {@link CostObservations} fits better ones to what was measured.
 *
 * @param fitted constants that replace the built-in ones
 * @param measuringScale how many times longer measuring took than was predicted
 */
public record CostModel(Map<CostKey, PhaseCost> fitted, double measuringScale) {
  /** Where nothing was measured yet. */
  public static final CostModel BUILT_IN = new CostModel(Map.of(), 1);

  private static final double NANOS_PER_CALL = 5_000;
  private static final double NANOS_PER_BYTE = 1 / 15.0;
  private static final double NANOS_PER_NUMBER_MADE = 1.5;

  /** Caches, counters, histograms and the row. */
  private static final double NANOS_PER_SEQUENCE = 1e6;

  /** A shard begins and ends with a calibration; the end of one is the beginning of the next. */
  private static final double CALIBRATION_NANOS = 5e7;

  public CostModel {
    fitted = Map.copyOf(fitted);
  }

  /**
   * What one pass over a sequence of the cell takes, in nanoseconds: prefill, then every output
   * token. What a row's latencies add up to.
   */
  ToDoubleFunction<Sequence> passNanos(Cell cell) {
    CellWork work = new CellWork(cell);
    return sequence -> passNanos(cell, work.of(sequence));
  }

  private double passNanos(Cell cell, SequenceWork work) {
    return prefillNanos(cell, work) + work.outputTokens() * decodeNanos(cell, work);
  }

  /**
   * What measuring a sequence of the cell takes, in nanoseconds: data, warm-up, samples and the
   * comparison with the reference.
   */
  public ToDoubleFunction<Sequence> measuringNanos(Cell cell, MeasureSettings measure) {
    CellWork work = new CellWork(cell);
    return sequence -> measuringNanos(cell, work.of(sequence), measure);
  }

  private double measuringNanos(Cell cell, SequenceWork work, MeasureSettings measure) {
    ExpectedNanos expected =
        new ExpectedNanos(
            work.numbers() * NANOS_PER_NUMBER_MADE,
            prefillNanos(cell, work),
            decodeNanos(cell, work));
    double sampling =
        SamplingPolicy.STANDARD.measuringNanos(
            expected,
            work.kvCache(),
            work.outputTokens(),
            measure.minSamples(),
            measure.sequenceBudgetNanos());
    double comparing = passNanos(cell, work) + work.comparedFlops() * nanosPerFlop("reference");
    return measuringScale * (NANOS_PER_SEQUENCE + sampling + measure.verifySample() * comparing);
  }

  /** What a shard takes beside its sequences. */
  public double calibrationNanos() {
    return measuringScale * CALIBRATION_NANOS;
  }

  /** The shard with the time that measuring it is predicted to take by this model. */
  public Shard predicted(Shard shard) {
    ToDoubleFunction<Sequence> measuring = measuringNanos(shard.cell(), shard.measure());
    double nanos = calibrationNanos();
    for (Sequence sequence : shard.sequences()) {
      nanos += measuring.applyAsDouble(sequence);
    }
    return new Shard(
        shard.cell(), shard.cellId(), shard.sequences(), shard.measure(), (long) nanos);
  }

  /** One prefill of so many tokens through the measured layers. */
  double prefillNanos(Cell cell, long tokens) {
    return cost(CostKey.of(cell, Phase.PREFILL)).nanos(new CellWork(cell).prefill(tokens));
  }

  /** One decode step through the measured layers when so many positions are cached. */
  double decodeNanos(Cell cell, long tokens) {
    return cost(CostKey.of(cell, Phase.ofDecode(cell.kvCache())))
        .nanos(new CellWork(cell).decode(tokens));
  }

  PhaseCost cost(CostKey key) {
    PhaseCost known = fitted.get(key);
    return known == null ? builtIn(key) : known;
  }

  private double prefillNanos(Cell cell, SequenceWork work) {
    return cost(CostKey.of(cell, Phase.PREFILL)).nanos(work.prefill());
  }

  private double decodeNanos(Cell cell, SequenceWork work) {
    return cost(CostKey.of(cell, Phase.ofDecode(work.kvCache()))).nanos(work.decode());
  }

  static PhaseCost builtIn(CostKey key) {
    return new PhaseCost(
        NANOS_PER_CALL, nanosPerFlop(key.engine()) / key.threads(), NANOS_PER_BYTE / key.threads());
  }

  private static double nanosPerFlop(String engine) {
    return switch (engine) {
      case "vector" -> 1 / 100.0;
      case "nd4j" -> 1 / 50.0;
      default -> 1 / 0.8;
    };
  }
}
