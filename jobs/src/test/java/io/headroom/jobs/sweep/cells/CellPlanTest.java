package io.headroom.jobs.sweep.cells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.headroom.UserException;
import io.headroom.jobs.settings.KvHeads;
import io.headroom.jobs.settings.Window;
import io.headroom.jobs.sweep.settings.SweepSettings;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.ModelSpec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CellPlanTest {
  private static final KvHeads AS_MODEL = new KvHeads.AsModel();
  private static final KvHeads MHA = new KvHeads.Mha();
  private static final KvHeads MQA = new KvHeads.Mqa();

  @Test
  void isTheProductOfTheLists() {
    SweepSettings settings =
        Sweeps.settings(
            """
            models = [a, b]
            kv-heads = [model, mqa]
            kv-precisions = [f32, int8, int4]
            windows = [none, { size = 8 }]
            kv-cache = [on, off]
            engines = [vector, reference]
            threads = [1, 2]
            contention = [1, 2]
            """);

    CellPlan plan =
        CellPlan.of(CellIds.current(), settings, List.of(Sweeps.qwen(), Sweeps.tinyLlama()));

    assertThat(plan.cells()).hasSize(2 * 2 * 3 * 2 * 2 * 2 * 2 * 2);
    assertThat(plan.unbuildable()).isEmpty();
    plan.cells().forEach((id, cell) -> assertThat(CellIds.current().of(cell)).isEqualTo(id));
    assertThat(plan.cells().keySet()).allMatch(id -> id.matches("[0-9a-f]{16}"));
  }

  @Test
  void whatComesToTheSameIsOneCell() {
    ModelSpec llama = Sweeps.catalogue().find("llama-2-7b");

    assertThat(cells(llama, AS_MODEL, MHA, new KvHeads.Count(32))).hasSize(1);
    assertThat(cells(Sweeps.qwen(), AS_MODEL, MHA, new KvHeads.Count(2))).hasSize(2);
    assertThat(cells(Sweeps.qwen(), MQA, new KvHeads.Count(1), MQA)).hasSize(1);
  }

  /** A window that is wider than every layer's own changes nothing. */
  @Test
  void aWindowThatNoLayerFeelsIsNoOtherCell() {
    ModelSpec mistral = Sweeps.catalogue().find("mistral-7b");
    SweepSettings settings =
        Sweeps.settings("models = [a]\nwindows = [none, { size = 5000 }, { size = 100 }]");

    List<Cell> cells =
        List.copyOf(CellPlan.of(CellIds.current(), settings, List.of(mistral)).cells().values());

    assertThat(cells)
        .extracting(cell -> cell.model().leadingLayer().window())
        .containsExactly(4096, 100);
  }

  @Test
  void headsThatDivideOneModelOnlyAreUnbuildableOnTheOther() {
    CellPlan plan =
        CellPlan.of(
            CellIds.current(),
            Sweeps.settings("models = [a, b]\nkv-heads = [7, 7]"),
            List.of(Sweeps.qwen(), Sweeps.tinyLlama()));

    assertThat(plan.cells()).hasSize(1);
    assertThat(plan.unbuildable())
        .singleElement()
        .satisfies(
            bad -> {
              assertThat(bad.cell().model()).isEqualTo(Sweeps.tinyLlama());
              assertThat(bad.impossibleHeads()).contains(new KvHeads.Count(7));
              assertThat(bad.reason()).isEqualTo("kv-heads 7 does not divide the 32 query heads");
              assertThat(plan.cells()).doesNotContainKey(bad.id());
              assertThat(bad.id()).isNotEqualTo(CellIds.current().of(bad.cell()));
            });
  }

  /** A latent row is key and value in one; blocks of 32 do not divide heads of 80. */
  @Test
  void formatsInWhichAModelCannotBeKeptAreUnbuildable() {
    CellPlan plan =
        CellPlan.of(
            CellIds.current(),
            Sweeps.settings(
                "models = [a, b]\nkv-heads = [model, 8]\nkv-precisions = [int8/int4, q8_0, fp8_ds_mla]"),
            List.of(Sweeps.catalogue().find("deepseek-v3"), Sweeps.catalogue().find("phi-2")));

    assertThat(plan.cells().values())
        .extracting(
            cell ->
                "%s %d %s"
                    .formatted(
                        cell.model().name(), cell.model().kvHeads(), cell.precision().label()))
        .containsExactly(
            "deepseek-v3 1 q8_0",
            "deepseek-v3 1 fp8_ds_mla",
            "deepseek-v3 8 int8/int4",
            "deepseek-v3 8 q8_0",
            "phi-2 32 int8/int4",
            "phi-2 8 int8/int4");
    assertThat(plan.unbuildable())
        .hasSize(6)
        .allMatch(bad -> bad.impossibleHeads().isEmpty())
        .allMatch(bad -> bad.id().equals(CellIds.current().of(bad.cell())))
        .extracting(UnbuildableCell::reason)
        .contains(
            "a latent row (MLA) is key and value in one, which cannot be kept apart as int8/int4",
            "q8_0 keeps blocks of 32 channels, heads of 80 are no multiple",
            "fp8_ds_mla keeps latent rows (MLA), not heads of keys and values apart");
  }

  @Test
  void headsThatDivideNoModelAreAMistake() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(
            () ->
                CellPlan.of(
                    CellIds.current(),
                    Sweeps.settings("models = [a, b]\nkv-heads = [2, 5]"),
                    List.of(Sweeps.qwen(), Sweeps.tinyLlama())))
        .withMessage(
            "sweep.kv-heads = 5: divides the query heads of none of the models (qwen2-0.5b has 14, tinyllama-1.1b has 32); allowed: model, mha, mqa, or a number that divides the query heads");
  }

  /** Of Gemma 3's layers those that see everything hold most. */
  @Test
  void measuresTheLayersThatHoldMost() {
    ModelSpec gemma = Sweeps.catalogue().find("gemma-3-4b");
    long full = gemma.layers().stream().filter(layer -> layer.window() == 0).count();
    Cell cell =
        new Cell(gemma, KvPrecision.F32, Window.NONE, true, "vector", 1, 1, 1, (int) full + 1, 42);

    assertThat(full).isBetween(1L, (long) gemma.layers().size() - 1);
    assertThat(cell.measuredLayers(8192)).hasSize((int) full + 1);
    assertThat(cell.measuredLayers(8192).subList(0, (int) full))
        .allMatch(layer -> layer.window() == 0);
    assertThat(cell.measuredLayers(8192).get((int) full).window()).isPositive();
  }

  @Test
  void headsAreWordsOrNumbers() {
    assertThat(KvHeads.named("model")).contains(AS_MODEL);
    assertThat(KvHeads.named("mha")).contains(MHA);
    assertThat(KvHeads.named("mqa")).contains(MQA);
    assertThat(KvHeads.named("12")).contains(new KvHeads.Count(12));
    assertThat(List.of("", "0", "-1", "01", "MHA", "1.0", "1000000"))
        .allSatisfy(text -> assertThat(KvHeads.named(text)).isEqualTo(Optional.empty()));
  }

  private static List<Cell> cells(ModelSpec model, KvHeads... kvHeads) {
    return List.copyOf(
        CellPlan.of(
                CellIds.current(),
                Sweeps.settings("models = [a]", List.of(kvHeads)),
                List.of(model))
            .cells()
            .values());
  }
}
