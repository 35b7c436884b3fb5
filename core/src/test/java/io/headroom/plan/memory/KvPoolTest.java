package io.headroom.plan.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.headroom.UserException;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.config.ConfiguredModel;
import io.headroom.model.config.ModelCatalogue;
import io.headroom.model.weights.DecoderWeights;
import io.headroom.model.weights.RankLayout;
import io.headroom.testkit.SharedData;
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

    KvBlocks blocks = KvBlocks.of(gemma.model(), KvPrecision.BF16, 1, 1, 4096, 8192);

    assertThat(blocks.blocksPerSequence()).isEqualTo(256 + 6 * 257);
    assertThat(blocks.blockBytes()).isEqualTo(10L * 16 * 16 * 128 * 2 * 2);
    assertThat(89_994.0 / blocks.blocksPerSequence()).isCloseTo(50.05, within(0.005));
  }

  /** Full layers of Gemma-4 keep half as much of a token as sliding ones, so 32 in a page. */
  @Test
  void layersThatKeepLessHaveMoreTokensInABlock() {
    KvBlocks blocks =
        KvBlocks.of(catalogue.find("gemma-4-31b"), KvPrecision.BF16, 1, 1, 4096, 2048);

    assertThat(blocks.blocksPerSequence()).isEqualTo(128 + 5 * (3071 / 16 + 1 + 1));
  }

  /** 36 linear layers for 12 full ones: 3 groups of states, a page each, of 544 tokens. */
  @Test
  void aStateTakesAPage() {
    KvBlocks blocks =
        KvBlocks.of(catalogue.find("qwen3-next-80b-a3b"), KvPrecision.BF16, 1, 1, 16_384, 8192);

    assertThat(blocks.blockBytes()).isEqualTo(12L * 544 * 2 * 256 * 2 * 2);
    assertThat(blocks.blocksPerSequence()).isEqualTo(31 + 3);
  }

  @Test
  void aModelOfOneKindHasTheTokensOfItsBlocks() {
    KvBlocks blocks =
        KvBlocks.of(catalogue.find("deepseek-v2-lite"), KvPrecision.BF16, 2, 1, 1024, 2048);

    assertThat(blocks.blockTokens()).isEqualTo(16);
    assertThat(blocks.blockBytes()).isEqualTo(27L * 16 * 576 * 2);
    assertThat(blocks.blocksPerSequence()).isEqualTo(64);
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

    assertThat((before - after) / GIB).isCloseTo(0.2, within(1e-6));
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

  @ParameterizedTest
  @CsvSource({
    "H100-80GB, 79.18",
    "A100-SXM4-40GB, 39.49",
    "A100-80GB, 79.347",
    "L40S, 44.988",
    "L4, 22.49",
    "MI300X (ROCm), 191.98",
    "AMD Instinct MI300X, 191.98",
    "NVIDIA A100-SXM4-40GB, 39.49",
    "NVIDIA H100 80GB HBM3, 79.18"
  })
  void visibleMemoryIsKnownByName(String gpu, double gib) {
    assertThat(VisibleMemory.of(gpu).orElseThrow() / GIB).isCloseTo(gib, within(1e-6));
  }

  @ParameterizedTest
  @CsvSource({"64 GB GPU", "not named", "L400", "'2x 22 GB (offload 13 GB)'"})
  void visibleMemoryOfOthersIsNot(String gpu) {
    assertThat(VisibleMemory.of(gpu)).isEmpty();
  }

  @Test
  void whatAnEngineKeepsInAnotherWayIsRefused() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(
            () -> KvBlocks.of(catalogue.find("deepseek-v3.2"), KvPrecision.BF16, 1, 1, 1024, 2048))
        .withMessageContaining("is not known");
  }

  private KvPool pool(String name, EngineSetting setting) {
    ConfiguredModel model = catalogue.locate(name);
    return KvPool.of(model.model(), DecoderWeights.of(model), setting, EngineOverheads.USUAL);
  }

  private static EngineSetting setting(
      double visibleGib, double utilisation, int maxModelLen, String release) {
    long visible = Math.round(visibleGib * GIB);
    return new EngineSetting(
        visible,
        utilisation,
        maxModelLen,
        KvPrecision.BF16,
        RankLayout.ONE_GPU,
        EngineRelease.of(release),
        OptionalInt.empty(),
        OptionalInt.empty(),
        visible >= EngineSetting.LARGE_BYTES,
        false);
  }
}
