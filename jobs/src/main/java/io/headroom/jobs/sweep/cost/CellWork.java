package io.headroom.jobs.sweep.cost;

import io.headroom.attention.PhaseWork;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.LayerRanking;
import io.headroom.jobs.workload.Sequence;
import io.headroom.measure.SequenceWork;
import java.util.List;

/** What a cell must do on its sequences: that of its measured layers. */
final class CellWork {
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
    return SequenceWork.of(
        layers(sequence.totalTokens()),
        cell.kvCache(),
        sequence.promptTokens(),
        sequence.outputTokens());
  }

  /** One prefill of so many tokens through the measured layers. */
  PhaseWork prefill(long tokens) {
    return SequenceWork.prefill(layers(tokens), tokens);
  }

  /** One decode step through the measured layers when so many positions are cached. */
  PhaseWork decode(long tokens) {
    return SequenceWork.decode(layers(tokens), cell.kvCache(), tokens);
  }

  private List<SequenceWork.Layer> layers(long tokens) {
    return ranking.first(tokens).stream()
        .map(
            layer ->
                new SequenceWork.Layer(
                    layer.attention(), cached -> layer.kvBytes(cached, cell.precision())))
        .toList();
  }
}
