package io.headroom.jobs.sweep.cost;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.AttentionWork;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.LayerRanking;
import io.headroom.jobs.workload.Sequence;
import io.headroom.model.LayerSpec;
import java.util.List;

/** Counts what a cell must do on its sequences. */
final class CellWork {
  /** Positions whose output is compared, of prompt and of output each. */
  private static final int COMPARED_POSITIONS = 8;

  private final Cell cell;
  private final LayerRanking ranking;

  CellWork(Cell cell) {
    this.cell = cell;
    this.ranking = new LayerRanking(cell);
  }

  Cell cell() {
    return cell;
  }

  SequenceWork of(Sequence sequence) {
    List<LayerSpec> layers = ranking.first(sequence.totalTokens());
    long middle = Math.max(1, sequence.promptTokens() + sequence.outputTokens() / 2);
    AttentionShape compared = layers.get(0).attention().shape();
    return new SequenceWork(
        sequence.outputTokens(),
        prefill(layers, sequence.promptTokens()),
        cell.kvCache() ? decode(layers, middle) : prefill(layers, middle),
        cell.kvCache() ? Phase.DECODE : Phase.PREFILL,
        numbers(layers) * sequence.totalTokens(),
        2.0 * COMPARED_POSITIONS * flops(layers.get(0).attention(), 1, middle)
            + 2.0 * compared.kvHeads() * compared.headDim() * sequence.totalTokens());
  }

  /** One prefill of so many tokens through the measured layers. */
  Work prefill(long tokens) {
    return prefill(ranking.first(tokens), tokens);
  }

  /** One decode step through the measured layers when so many positions are cached. */
  Work decode(long tokens) {
    List<LayerSpec> layers = ranking.first(tokens);
    return cell.kvCache() ? decode(layers, tokens) : prefill(layers, tokens);
  }

  private static Work prefill(List<LayerSpec> layers, long tokens) {
    Work work = Work.NONE;
    for (LayerSpec layer : layers) {
      Attention attention = layer.attention();
      AttentionShape shape = attention.shape();
      double moved =
          Float.BYTES
              * (double) tokens
              * (shape.queryHeads() + shape.kvHeads())
              * (shape.headDim() + shape.valueDim());
      work = work.plus(new Work(1, flops(attention, tokens, tokens), moved));
    }
    return work;
  }

  private Work decode(List<LayerSpec> layers, long tokens) {
    Work work = Work.NONE;
    for (LayerSpec layer : layers) {
      double flops = flops(layer.attention(), 1, tokens);
      work = work.plus(new Work(1, flops, layer.kvBytes(tokens, cell.precision())));
    }
    return work;
  }

  private static double numbers(List<LayerSpec> layers) {
    double numbers = 0;
    for (LayerSpec layer : layers) {
      AttentionShape shape = layer.attention().shape();
      numbers +=
          shape.queryHeads() * (double) shape.headDim()
              + shape.kvHeads() * ((double) shape.headDim() + shape.valueDim());
    }
    return numbers;
  }

  /** As {@link AttentionWork#flops}, for sequences whose operations no long can count. */
  private static double flops(Attention attention, long queries, long keys) {
    AttentionShape shape = attention.shape();
    return 2.0
        * AttentionWork.visiblePairs(attention.mask(), queries, keys)
        * shape.queryHeads()
        * (shape.headDim() + shape.valueDim());
  }
}
