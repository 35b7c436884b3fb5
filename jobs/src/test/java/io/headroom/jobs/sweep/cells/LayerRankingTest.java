package io.headroom.jobs.sweep.cells;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.settings.Window;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LayerRankingTest {

  static List<String> models() {
    return Sweeps.models();
  }

  /** As if all layers of the model were sorted. */
  @ParameterizedTest
  @MethodSource("models")
  void theFullestLayersComeFirst(String name) {
    ModelSpec model = Sweeps.catalogue().find(name);
    for (int layers : new int[] {1, 2, 5, 1000}) {
      Cell cell =
          new Cell(model, KvPrecision.INT8, Window.NONE, true, "vector", 1, 1, 1, layers, 42);
      LayerRanking ranking = new LayerRanking(cell);
      for (long tokens : new long[] {1, 100, 5000, 1 << 20}) {
        assertThat(ranking.first(tokens)).isEqualTo(sorted(cell, tokens));
      }
    }
  }

  private static List<LayerSpec> sorted(Cell cell, long tokens) {
    return cell.model().layers().stream()
        .filter(LayerSpec::isMeasurable)
        .sorted(mostBytes(cell, tokens).thenComparing(mostBytes(cell, Cell.MANY_TOKENS)))
        .limit(cell.layers())
        .toList();
  }

  private static Comparator<LayerSpec> mostBytes(Cell cell, long tokens) {
    return Comparator.comparingLong((LayerSpec layer) -> layer.kvBytes(tokens, cell.precision()))
        .reversed();
  }
}
