package io.headroom.model;

import static io.headroom.kvcache.KvPrecision.BF16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headroom.attention.AttentionShape;
import io.headroom.model.config.ModelCatalogue;
import io.headroom.testkit.SharedData;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineBlocksTest {
  private static final GroupedHeads HEADS = new GroupedHeads(8, 2, 64, 64);
  private static final float SCALE = new AttentionShape(8, 2, 64, 64).defaultScale();

  /** Of one layer: 2 heads of 64 keys and 64 values in 2 bytes. */
  private static final long TOKEN_BYTES = 512;

  private static final LayerSpec FULL = new LayerSpec(LayerKind.FULL, HEADS, 0, 0, SCALE);
  private static final LayerSpec SLIDING = new LayerSpec(LayerKind.SLIDING, HEADS, 100, 0, SCALE);
  private static final LayerSpec CHUNKED = new LayerSpec(LayerKind.CHUNKED, HEADS, 100, 0, SCALE);

  private final ModelCatalogue catalogue =
      new ModelCatalogue(SharedData.projectRoot().resolve("conf/models"));

  @Test
  void layersThatKeepEveryPositionKeepWholeBlocks() {
    ModelSpec model = model(FULL, SLIDING);

    assertThat(model.kvBytes(1001, BF16, 16)).isEqualTo((1008 + 100) * TOKEN_BYTES);
    assertThat(model.kvBytes(1008, BF16, 16)).isEqualTo((1008 + 100) * TOKEN_BYTES);
    assertThat(model.kvBytes(1009, BF16, 16)).isEqualTo((1024 + 100) * TOKEN_BYTES);
    assertThat(model.kvBytes(1001, BF16, 1)).isEqualTo(model.kvBytes(1001, BF16));
    assertThat(model.kvBytes(0, BF16, 16)).isZero();
    assertThat(model.kvBytesPerGpu(1001, BF16, 2, 16)).isEqualTo((1008 + 100) * TOKEN_BYTES / 2);
  }

  @Test
  void asManyTokensFitAsBlocksDo() {
    ModelSpec model = model(FULL);

    assertThat(model.tokensThatFit(1007 * TOKEN_BYTES, BF16, 1, 16)).isEqualTo(992);
    assertThat(model.tokensThatFit(1008 * TOKEN_BYTES, BF16, 1, 16)).isEqualTo(1008);
  }

  /** 99 positions before the newest touch at most 7 blocks and one more. */
  @Test
  void vllmKeepsTheBlocksOfTheLastWindow() {
    EngineBlocks blocks = EngineBlocks.of(model(FULL, SLIDING), 1000, BF16, 16);

    assertThat(blocks.vllmBytes()).isEqualTo((1008 + 8 * 16) * TOKEN_BYTES);
    assertThat(blocks.vllmBytesWithoutHybridManager()).isEqualTo(2 * 1008 * TOKEN_BYTES);
    assertThat(blocks.factorWithoutHybridManager()).isCloseTo(2016 / 1136.0, within(1e-12));
    assertThat(blocks.windowed()).isTrue();
    assertThat(blocks.padsStates()).isFalse();
    assertThat(EngineBlocks.of(model(SLIDING), 40, BF16, 16).vllmBytes())
        .isEqualTo(48 * TOKEN_BYTES);
    assertThat(EngineBlocks.of(model(CHUNKED), 1000, BF16, 16).vllmBytes())
        .isEqualTo(112 * TOKEN_BYTES);
  }

  /** 100 of the window and 512 of a micro-batch are 612, in steps of 256. */
  @Test
  void llamaCppKeepsCellsForAMicroBatchToo() {
    assertThat(EngineBlocks.of(model(FULL, SLIDING), 1000, BF16, 16).llamaCppBytes())
        .isEqualTo((1024 + 768) * TOKEN_BYTES);
    assertThat(EngineBlocks.of(model(SLIDING), 200, BF16, 16).llamaCppBytes())
        .isEqualTo(256 * TOKEN_BYTES);
  }

  @Test
  void withoutWindowsAllAgree() {
    EngineBlocks blocks = EngineBlocks.of(model(FULL), 1024, BF16, 16);

    assertThat(blocks.windowed()).isFalse();
    assertThat(blocks.factorWithoutHybridManager()).isOne();
    assertThat(blocks.vllmBytes()).isEqualTo(blocks.llamaCppBytes()).isEqualTo(1024 * TOKEN_BYTES);
  }

  /**
   * Nemotron-3 Nano: a Mamba-2 layer keeps 2,134,016 bytes, an attention layer 1,024 a token, so
   * that blocks have 2,084 tokens, in steps of 16.
   */
  @Test
  void vllmMakesBlocksAsLargeAsAState() {
    ModelSpec nemotron = catalogue.find("nemotron-3-nano-30b-a3b");
    EngineBlocks blocks = EngineBlocks.of(nemotron, 5000, BF16, 16);

    assertThat(blocks.padsStates()).isTrue();
    assertThat(blocks.vllmBlockTokens()).isEqualTo(2096);
    assertThat(blocks.vllmStateBytes()).isEqualTo(23 * 2096 * 1024);
    assertThat(blocks.vllmBytes()).isEqualTo(6 * 3 * 2096 * 1024);
    assertThat(EngineBlocks.of(catalogue.find("falcon-mamba-7b"), 5000, BF16, 16))
        .matches(pure -> !pure.padsStates())
        .extracting(EngineBlocks::vllmStateBytes)
        .isEqualTo(catalogue.find("falcon-mamba-7b").stateBytes(BF16));
  }

  private static ModelSpec model(LayerSpec... layers) {
    return new ModelSpec("made-up", 512, 1000, 0, List.of(layers));
  }
}
