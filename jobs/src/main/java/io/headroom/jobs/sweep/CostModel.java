package io.headroom.jobs.sweep;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.AttentionWork;
import io.headroom.model.LayerSpec;
import java.util.List;

/**
 * Predicts how long attention takes, well enough to balance shards and to tell a user when a sweep
 * will be done: floating-point operations over a rate, cache bytes over a bandwidth, and a floor
 * for every call. The constants are those of one core of a recent server.
 */
final class CostModel {
  private static final double STREAM_BYTES_PER_NANO = 15;
  private static final double CALL_NANOS = 5_000;

  /** Beside the samples a sequence needs warm-up, and its data must be made. */
  private static final double WARM_UP_SHARE = 0.3;

  private static final double NANOS_PER_NUMBER_MADE = 1.5;

  private CostModel() {}

  /** One pass: prefill, then every output token. What a row's latencies add up to. */
  static double passNanos(Cell cell, Sequence sequence) {
    List<LayerSpec> layers = cell.measuredLayers(sequence.totalTokens());
    return prefillNanos(cell, layers, sequence.promptTokens())
        + sequence.outputTokens() * decodeNanos(cell, layers, middle(sequence));
  }

  /** Measuring the sequence, with data, warm-up and samples. */
  static double measuringNanos(Cell cell, Sequence sequence, MeasureSettings measure) {
    List<LayerSpec> layers = cell.measuredLayers(sequence.totalTokens());
    double prefill = measure.minSamples() * prefillNanos(cell, layers, sequence.promptTokens());
    long steps = Math.max(sequence.outputTokens(), measure.minSamples());
    double decode =
        sequence.outputTokens() == 0 ? 0 : steps * decodeNanos(cell, layers, middle(sequence));
    double sampling = (prefill + decode) * (1 + WARM_UP_SHARE);
    return Math.min(sampling, measure.sequenceBudgetNanos()) + makingNanos(layers, sequence);
  }

  /** One prefill of so many tokens through the measured layers. */
  static double prefillNanos(Cell cell, long tokens) {
    return prefillNanos(cell, cell.measuredLayers(tokens), tokens);
  }

  /** One decode step through the measured layers when so many positions are cached. */
  static double decodeNanos(Cell cell, long tokens) {
    return decodeNanos(cell, cell.measuredLayers(tokens), tokens);
  }

  private static long middle(Sequence sequence) {
    return Math.max(1, sequence.promptTokens() + sequence.outputTokens() / 2);
  }

  private static double prefillNanos(Cell cell, List<LayerSpec> layers, long tokens) {
    double nanos = 0;
    for (LayerSpec layer : layers) {
      nanos += callNanos(cell, layer.attention(), tokens, tokens);
    }
    return nanos;
  }

  private static double decodeNanos(Cell cell, List<LayerSpec> layers, long tokens) {
    if (!cell.kvCache()) {
      return prefillNanos(cell, layers, tokens);
    }
    double nanos = 0;
    for (LayerSpec layer : layers) {
      double readNanos = layer.kvBytes(tokens, cell.precision()) / STREAM_BYTES_PER_NANO;
      nanos += Math.max(readNanos, callNanos(cell, layer.attention(), 1, tokens));
    }
    return nanos;
  }

  private static double makingNanos(List<LayerSpec> layers, Sequence sequence) {
    double channels = 0;
    for (LayerSpec layer : layers) {
      AttentionShape shape = layer.attention().shape();
      channels +=
          shape.queryHeads() * (double) shape.headDim()
              + shape.kvHeads() * ((double) shape.headDim() + shape.valueDim());
    }
    return channels * sequence.totalTokens() * NANOS_PER_NUMBER_MADE;
  }

  private static double callNanos(Cell cell, Attention attention, long queries, long keys) {
    double flopsPerNano = flopsPerNano(cell.engine()) * cell.threads();
    return CALL_NANOS + flops(attention, queries, keys) / flopsPerNano;
  }

  /** As {@link AttentionWork#flops}, for sequences whose operations no long can count. */
  private static double flops(Attention attention, long queries, long keys) {
    AttentionShape shape = attention.shape();
    return 2.0
        * AttentionWork.visiblePairs(attention.mask(), queries, keys)
        * shape.queryHeads()
        * (shape.headDim() + shape.valueDim());
  }

  private static double flopsPerNano(String engine) {
    return switch (engine) {
      case "vector" -> 100;
      case "nd4j" -> 50;
      default -> 0.8;
    };
  }
}
