package io.headroom.plan.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.headroom.UserException;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.GroupedHeads;
import io.headroom.model.LayerKind;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import io.headroom.model.config.ConfiguredModel;
import io.headroom.model.config.ModelCatalogue;
import io.headroom.model.weights.DecoderWeights;
import io.headroom.model.weights.RankLayout;
import io.headroom.testkit.SharedData;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KvPoolTest {
  private static final double GIB = 1L << 30;
  private static final String V1 = "0.11.0";

  private final ModelCatalogue catalogue =
      new ModelCatalogue(SharedData.projectRoot().resolve("conf/models"));

  /** What vLLM logs on an H100 of 79.18 GiB of which it may take 90 %. */
  @ParameterizedTest
  @CsvSource({"llama-3.1-8b, 51.38", "qwen3-0.6b, 64.45", "qwen3-32b, 4.45", "gpt-oss-20b, 50.28"})
  void leavesWhatTheEngineLogs(String model, double gib) {
    assertThat(pool(model, setting(79.18, 0.9, 16_000, V1)).bytes() / GIB)
        .isCloseTo(gib, within(0.05));
  }

  /**
   * Activations that vLLM 0.19 logs on H100, in GiB: of the sampler, of a forward pass, with the
   * workspace of experts, and with the outputs for images.
   */
  @ParameterizedTest
  @CsvSource({
    "llama-3.1-8b, 1, 1.89, 0.02",
    "llama-3.1-8b, 4, 1.89, 0.02",
    "qwen2.5-7b, 1, 2.21, 0.02",
    "qwen3-8b, 1, 2.21, 0.02",
    "phi-4, 1, 1.52, 0.03",
    "gemma-2-27b, 1, 3.66, 0.04",
    "gemma-7b, 1, 3.63, 0.05",
    "codellama-7b, 1, 0.77, 0.01",
    "mixtral-8x7b, 2, 1.21, 0.05",
    "qwen1.5-moe-a2.7b, 1, 2.47, 0.02",
    "qwen3-30b-a3b, 1, 2.68, 0.02",
    "deepseek-v2-lite, 1, 1.93, 0.02",
    "gpt-oss-20b, 2, 2.87, 0.04",
    "mistral-small-3.1-24b, 1, 2.03, 0.03",
    "llama-4-scout, 4, 3.19, 0.03",
    "gemma-3-12b, 1, 3.94, 0.12"
  })
  void laterReleasesTakeLessForTheSampler(String model, int gpus, double gib, double tolerance) {
    KvPool pool = pool(model, setting(79.19, 0.95, 2048, "0.19.0", gpus));

    assertThat(pool.activationBytes() / GIB).isCloseTo(gib, within(tolerance));
  }

  /** Logged: 58.11, 58.53 and 45.23 GiB with 0.18 and 0.19, and 41.94 with 0.16. */
  @ParameterizedTest
  @CsvSource({
    "llama-3.1-8b, 0.19.0, 58.11",
    "qwen2.5-7b, 0.19.0, 58.53",
    "qwen3-14b, 0.18.0, 45.23",
    "qwen3-14b, 0.17.0, 45.34",
    "qwen3-14b, 0.16.0, 41.94"
  })
  void releasesLeaveWhatTheyLog(String model, String release, double gib) {
    assertThat(pool(model, setting(79.19, 0.95, 8192, release)).bytes() / GIB)
        .isCloseTo(gib, within(0.06));
  }

  @Test
  void tensorParallelRanksHaveMoreBesideTorchSinceRelease18() {
    assertThat(pool("llama-3.1-8b", setting(79.19, 0.95, 8192, "0.17.0", 2)).otherBytes() / GIB)
        .isCloseTo(0.55, within(1e-6));
    assertThat(pool("llama-3.1-8b", setting(79.19, 0.95, 8192, "0.18.0", 2)).otherBytes() / GIB)
        .isCloseTo(2.1, within(1e-6));
  }

  /** The parts of the first of them: weights 14.99, activations 4.76, others 0.13 GiB. */
  @Test
  void itsPartsAreThoseOfTheLog() {
    KvPool pool = pool("llama-3.1-8b", setting(79.18, 0.9, 16_000, V1));

    assertThat(pool.weightsBytes() / GIB).isCloseTo(14.96, within(0.01));
    assertThat(pool.activationBytes() / GIB).isCloseTo(4.76, within(0.03));
    assertThat(pool.otherBytes() / GIB).isCloseTo(0.13, within(0.001));
    assertThat(pool.bytes())
        .isEqualTo(
            pool.budgetBytes() - pool.weightsBytes() - pool.activationBytes() - pool.otherBytes());
    assertThat(pool.tokens()).isEqualTo(pool.bytes() / (16 * 131_072) * 16);
  }

  /**
   * 22.99 and 29.88 GiB of 26.5 are taken where a whole prompt is run: 0.92 GiB for 9,000 tokens.
   */
  @Test
  void beforeV1ItFallsWithTheLongestPrompt() {
    long shorter = pool("llama-3.1-8b", setting(23.58, 0.9, 20_000, "0.6 (V0)")).bytes();
    long longer = pool("llama-3.1-8b", setting(23.58, 0.9, 29_000, "0.6 (V0)")).bytes();

    assertThat(shorter / GIB).isCloseTo(3.81, within(0.05));
    assertThat(longer / GIB).isCloseTo(2.89, within(0.05));
    assertThat(shorter - longer).isEqualTo(9_000L * 2 * (3 * 14_336 + 3 * 4_096));
  }

  /** A small vocabulary and two wide experts a token: 14,336 channels each. */
  @Test
  void expertsAreThePeakWhereTheSamplerIsNot() {
    KvPool pool = pool("mixtral-8x7b", setting(139.8, 0.9, 16_000, V1));

    assertThat(pool.activationBytes())
        .isEqualTo(8192L * 2 * (2 * 3 * 14_336 + 3 * 4_096))
        .isGreaterThan(1024L * 32_000 * 38);
  }

  /**
   * Gemma-3 on MI300X: 10 global layers and 52 local ones in 6 groups of 10, so that a sequence of
   * 4,096 positions takes 256 blocks and 6 times 257.
   */
  @Test
  void windowedLayersAreGroupedWithPadding() {
    ConfiguredModel gemma = catalogue.locate("gemma-3-27b");

    KvBlocks blocks = KvBlocks.of(gemma.model(), KvPrecision.BF16, RankLayout.ONE_GPU, 4096, 8192);

    assertThat(blocks.blocksPerSequence()).isEqualTo(256 + 6 * 257);
    assertThat(blocks.blockBytes()).isEqualTo(10L * 16 * 16 * 128 * 2 * 2);
    assertThat(89_994.0 / blocks.blocksPerSequence()).isCloseTo(50.05, within(0.005));
  }

  /** Full layers of Gemma-4 keep half as much of a token as sliding ones, so 32 in a page. */
  @Test
  void layersThatKeepLessHaveMoreTokensInABlock() {
    KvBlocks blocks =
        KvBlocks.of(
            catalogue.find("gemma-4-31b"), KvPrecision.BF16, RankLayout.ONE_GPU, 4096, 2048);

    assertThat(blocks.blocksPerSequence()).isEqualTo(128 + 5 * (3071 / 16 + 1 + 1));
  }

  /** 36 linear layers for 12 full ones: 3 groups of states, a page each, of 544 tokens. */
  @Test
  void aStateTakesAPage() {
    KvBlocks blocks =
        KvBlocks.of(
            catalogue.find("qwen3-next-80b-a3b"),
            KvPrecision.BF16,
            RankLayout.ONE_GPU,
            16_384,
            8192);

    assertThat(blocks.blockBytes()).isEqualTo(12L * 544 * 2 * 256 * 2 * 2);
    assertThat(blocks.blocksPerSequence()).isEqualTo(31 + 3);
  }

  /** 62 layers on four stages are 15, 16, 16 and 15; the first layers of Bamba keep no tokens. */
  @Test
  void theStageThatKeepsMostIsTheOneThatCounts() {
    KvBlocks dense =
        KvBlocks.of(
            catalogue.find("minimax-m2.5"), KvPrecision.BF16, new RankLayout(1, 4, 1), 4096, 2048);
    KvBlocks hybrid =
        KvBlocks.of(
            catalogue.find("bamba-9b"), KvPrecision.BF16, new RankLayout(1, 4, 1), 4096, 2048);

    assertThat(dense.blockBytes()).isEqualTo(16L * 16 * 2 * 8 * 128 * 2);
    assertThat(hybrid.blockBytes()).isPositive();
  }

  @Test
  void aModelOfOneKindHasTheTokensOfItsBlocks() {
    KvBlocks blocks =
        KvBlocks.of(
            catalogue.find("deepseek-v2-lite"),
            KvPrecision.BF16,
            new RankLayout(2, 1, 1),
            1024,
            2048);

    assertThat(blocks.blockTokens()).isEqualTo(16);
    assertThat(blocks.blockBytes()).isEqualTo(27L * 16 * 576 * 2);
    assertThat(blocks.blocksPerSequence()).isEqualTo(64);
  }

  /**
   * 576 numbers of a latent row in two bytes, or 656 bytes where it is kept in fp8, and the 132 of
   * an indexer's key, in blocks of 64 tokens that are all layers' together.
   */
  @Test
  void theKeysOfAnIndexerAreBesideTheLatentRowsInTheSameBlocks() {
    ModelSpec everyLayer = catalogue.find("deepseek-v3.2");
    KvBlocks blocks = blocks(everyLayer, KvPrecision.BF16);

    assertThat(blocks.blockBytes()).isEqualTo(61L * 64 * (2 * 576 + 132));
    assertThat(blocks.blocksPerSequence()).isEqualTo(1000 / 64 + 1);
    assertThat(blocks.blockTokens()).isEqualTo(64);
    assertThat(blocks(everyLayer, KvPrecision.FP8).blockBytes()).isEqualTo(61L * 64 * (656 + 132));
  }

  /** GLM-5.2 has an indexer in 21 of 78 layers, whose choice the others take. */
  @Test
  void layersWithoutAnIndexerOfTheirOwnKeepRowsAlone() {
    ModelSpec someLayers = catalogue.find("glm-5.2");
    long indexers =
        someLayers.layers().stream().filter(layer -> !layer.further().entries().isEmpty()).count();

    assertThat(indexers).isEqualTo(21);
    assertThat(blocks(someLayers, KvPrecision.BF16).blockBytes())
        .isEqualTo(64 * (78 * 2 * 576 + 21 * 132L));
    assertThat(blocks(someLayers, KvPrecision.FP8).blockBytes())
        .isEqualTo(64 * (78 * 656 + 21 * 132L));
  }

  /** Layers of several widths that all keep every position are one group of pages of their own. */
  @Test
  void wholePositionsOfAnyWidthAreOneGroup() {
    KvBlocks blocks =
        blocks(
            new ModelSpec("made-up", 512, 1000, 0, List.of(full(8), full(2), full(2), full(3))),
            KvPrecision.BF16);

    assertThat(blocks).isEqualTo(new KvBlocks(15L * 16 * 64 * 2 * 2, 63, 16, true));
  }

  private static LayerSpec full(int kvHeads) {
    return new LayerSpec(LayerKind.FULL, new GroupedHeads(24, kvHeads, 64, 64), 0, 0, 1);
  }

  private static KvBlocks blocks(ModelSpec model, KvPrecision format) {
    return KvBlocks.of(model, format, RankLayout.ONE_GPU, 1000, 2048);
  }

  @Test
  void ranksShareWhatTheyHold() {
    EngineSetting one = setting(79.18, 0.9, 8192, V1);
    EngineSetting two =
        new EngineSetting(
            one.visibleBytes(),
            0.9,
            8192,
            KvPrecision.BF16,
            new RankLayout(2, 1, 1),
            one.release(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            true,
            false);

    KvPool shared = pool("llama-3.1-70b-instruct-fp8", two);

    // Llama-3.3-70B in fp8 on two H100: 33.88 GiB of weights, 32.0 left.
    assertThat(shared.weightsBytes() / GIB).isCloseTo(33.88, within(0.06));
    assertThat(shared.bytes() / GIB).isCloseTo(32.0, within(0.1));
  }

  @Test
  void whatDoesNotFitIsNegative() {
    KvPool pool = pool("gpt-oss-120b", setting(79.18, 0.9, 16_000, V1));

    assertThat(pool.bytes()).isNegative();
    assertThat(pool.tokens()).isZero();
    assertThat(pool.concurrency()).isZero();
  }

  @Test
  void overheadsCanBeChanged() {
    EngineSetting setting = setting(79.18, 0.9, 16_000, V1);
    ConfiguredModel model = catalogue.locate("qwen3-0.6b");
    KvPool more =
        KvPool.of(
            model.model(),
            DecoderWeights.of(model),
            setting,
            EngineOverheads.USUAL.with(Overhead.OTHER_GIB, 1.13));

    assertThat(pool("qwen3-0.6b", setting).bytes() - more.bytes()).isEqualTo(1L << 30);
  }

  @Test
  void graphsAreTakenOffByNewReleasesUnlessTheyRunEagerly() {
    long before = pool("qwen3-8b", setting(79.18, 0.9, 16_000, "0.20.0")).bytes();
    long after = pool("qwen3-8b", setting(79.18, 0.9, 16_000, "0.21.0")).bytes();
    long fewBefore = pool("qwen3-8b", setting(44.99, 0.9, 16_000, "0.20.0")).bytes();
    long fewAfter = pool("qwen3-8b", setting(44.99, 0.9, 16_000, "0.21.0")).bytes();

    assertThat((before - after) / GIB).isCloseTo(1.04, within(1e-6));
    assertThat((fewBefore - fewAfter) / GIB).isCloseTo(0.2, within(1e-6));
  }

  @ParameterizedTest
  @CsvSource({
    "0.11.0, 11, false",
    "0.6 (V0), 6, true",
    "0.7 (V0), 7, true",
    "0.22.1rc1, 22, false",
    "V1, 11, false",
    "'', 11, false",
    "0.10+, 10, false"
  })
  void releasesAreReadFromWhatTablesSay(String text, int minor, boolean isV0) {
    assertThat(EngineRelease.of(text)).isEqualTo(new EngineRelease(minor, isV0));
  }

  @Test
  void whatAnEngineKeepsInAnotherWayIsRefused() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(
            () ->
                KvBlocks.of(
                    catalogue.find("deepseek-v4-flash"),
                    KvPrecision.BF16,
                    RankLayout.ONE_GPU,
                    1024,
                    2048))
        .withMessageContaining("is not known");
  }

  private KvPool pool(String name, EngineSetting setting) {
    ConfiguredModel model = catalogue.locate(name);
    return KvPool.of(model.model(), DecoderWeights.of(model), setting, EngineOverheads.USUAL);
  }

  private static EngineSetting setting(
      double visibleGib, double utilisation, int maxModelLen, String release) {
    return setting(visibleGib, utilisation, maxModelLen, release, 1);
  }

  private static EngineSetting setting(
      double visibleGib, double utilisation, int maxModelLen, String release, int gpus) {
    long visible = Math.round(visibleGib * GIB);
    return new EngineSetting(
        visible,
        utilisation,
        maxModelLen,
        KvPrecision.BF16,
        new RankLayout(gpus, 1, 1),
        EngineRelease.of(release),
        OptionalInt.empty(),
        OptionalInt.empty(),
        visible >= EngineSetting.LARGE_BYTES,
        false);
  }
}
