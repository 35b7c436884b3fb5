package io.headroom.jobs.sweep.cells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.headroom.UserException;
import io.headroom.jobs.settings.KvHeads;
import io.headroom.kvcache.KvPrecision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CellSelectionTest {
  private static final Cell CELL = Sweeps.cell(Sweeps.qwen(), KvPrecision.F32);
  private static final UnbuildableCell BAD =
      new UnbuildableCell(
          "fedc", CELL, Optional.of(new KvHeads.Count(5)), "kv-heads 5 does not divide");

  @Test
  void findsACellByTheBeginningOfItsId() {
    CellPlan plan = plan("abc1", "abd2", "0000");

    assertThat(CellSelection.only(plan, "abd2").cells()).containsOnlyKeys("abd2");
    assertThat(CellSelection.only(plan, "abd").cells()).containsOnlyKeys("abd2");
    assertThat(CellSelection.only(plan, "0").cells()).containsOnlyKeys("0000");
    assertThat(CellSelection.only(plan, "0").unbuildable()).isEmpty();
  }

  @Test
  void findsWhatCannotBeBuilt() {
    CellPlan found = CellSelection.only(plan("abc1"), BAD.id());

    assertThat(found.cells()).isEmpty();
    assertThat(found.unbuildable()).containsExactly(BAD);
  }

  @Test
  void twoCellsAreToldApart() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> CellSelection.only(plan("zbc1", "zbd2"), "zb"))
        .withMessage("--only 'zb': 2 cells begin so: zbc1 and zbd2; allowed: more of the id");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> CellSelection.only(plan("zbc1", "zbd2", "zbe3"), "zb"))
        .withMessage(
            "--only 'zb': 3 cells begin so: zbc1 and zbd2 among them; allowed: more of the id");
  }

  private static CellPlan plan(String... ids) {
    Map<String, Cell> cells = new LinkedHashMap<>();
    for (String id : ids) {
      cells.put(id, CELL);
    }
    return new CellPlan(cells, List.of(BAD), List.of());
  }
}
