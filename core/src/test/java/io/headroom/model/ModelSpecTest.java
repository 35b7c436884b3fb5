package io.headroom.model;

import static io.headroom.kvcache.KvPrecision.BF16;
import static io.headroom.kvcache.KvPrecision.F32;
import static io.headroom.kvcache.KvPrecision.INT4;
import static io.headroom.kvcache.KvPrecision.INT8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headroom.UserException;
import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.model.config.ModelCatalogue;
import io.headroom.testkit.SharedData;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.junit.jupiter.api.Test;

class ModelSpecTest {
  private static final long KIB = 1024;
  private static final long MIB = 1024 * KIB;
  private static final float SCALE_TOLERANCE = 1e-7f;

  private final ModelCatalogue catalogue =
      new ModelCatalogue(SharedData.projectRoot().resolve("conf/models"));

  @Test
  void publishedFigures() {
    ModelSpec llama = catalogue.find("llama-2-7b");
    ModelSpec qwen = catalogue.find("qwen2.5-32b");

    assertThat(llama.kvBytesPerToken(BF16)).isEqualTo(512 * KIB);
    assertThat(llama.kvBytes(1024, BF16)).isEqualTo(512 * MIB);
    assertThat(llama.asMqa().kvBytes(1024, BF16)).isEqualTo(16 * MIB);
    assertThat(qwen.kvBytesPerToken(BF16)).isEqualTo(256 * KIB);
    assertThat(qwen.asMha().kvBytesPerToken(BF16)).isEqualTo(5 * 256 * KIB);
  }

  @Test
  void integerPrecisionsCountTheirScales() {
    ModelSpec llama = catalogue.find("llama-2-7b");

    assertThat(llama.kvBytes(64, INT8)).isEqualTo(64 * 256 * KIB * 17 / 16);
    assertThat(llama.kvBytesPerToken(INT8)).isEqualTo(256 * KIB * 17 / 16);
    assertThat(llama.kvBytesPerToken(INT4)).isEqualTo(128 * KIB * 18 / 16);
    assertThat(llama.kvBytes(1, INT8)).isGreaterThan(llama.kvBytesPerToken(INT8));
  }

  @Test
  void slidingLayersStopGrowing() {
    ModelSpec mistral = catalogue.find("mistral-7b");

    assertThat(mistral.kvBytes(4096, BF16)).isEqualTo(512 * MIB);
    assertThat(mistral.kvBytes(100_000, BF16)).isEqualTo(512 * MIB);
    assertThat(mistral.kvBytesPerToken(BF16)).isEqualTo(128 * KIB);
  }

  @Test
  void otherNumbersOfKvHeads() {
    ModelSpec llama = catalogue.find("llama-2-7b");

    assertThat(llama.withKvHeads(32)).isEqualTo(llama).isEqualTo(llama.asMha());
    assertThat(llama.withKvHeads(8).variant()).isEqualTo(AttentionVariant.GQA);
    assertThat(llama.withKvHeads(8).kvBytesPerToken(BF16)).isEqualTo(128 * KIB);
    assertThat(llama.withKvHeads(1)).isEqualTo(llama.asMqa());
    assertThat(llama.asMqa().variant()).isEqualTo(AttentionVariant.MQA);
    assertThatThrownBy(() -> llama.withKvHeads(5))
        .isInstanceOf(UserException.class)
        .hasMessage("llama-2-7b: kv-heads must divide the 32 query heads (1, 2, 4, 8, 16, 32): 5");
    assertThatThrownBy(() -> llama.withKvHeads(0))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(": 0");
  }

  @Test
  void everyLayerTakesTheNumberWhateverItsHeadDim() {
    ModelSpec gemma = catalogue.find("gemma-4-26b-a4b");

    assertThat(gemma.asMha().kvBytes(1, BF16))
        .isEqualTo(25 * 16 * 2 * 256 * 2 + 5 * 16 * 2 * 512 * 2);
    assertThat(gemma.kvHeads()).isEqualTo(8);
    assertThat(gemma.headDim()).isEqualTo(256);
    assertThat(gemma.leadingLayer().scale()).isEqualTo(1);
  }

  @Test
  void latentAttentionKeepsOneRow() {
    ModelSpec deepseek = catalogue.find("deepseek-v3");
    LayerSpec layer = deepseek.leadingLayer();

    assertThat(deepseek.variant()).isEqualTo(AttentionVariant.MLA);
    assertThat(deepseek.kvBytes(1, F32)).isEqualTo(61 * 576 * 4);
    assertThat(deepseek.kvBytes(64, INT8)).isEqualTo(61L * 576 * (64 + 4));
    Attention attention = layer.attention();
    assertThat(attention.shape()).isEqualTo(new AttentionShape(128, 1, 576, 512));
    assertThat(attention.mask()).isEqualTo(AttentionMask.CAUSAL);
    assertThat(attention.scale()).isCloseTo((float) (1 / Math.sqrt(192)), within(SCALE_TOLERANCE));
    assertThat(layer.cache(BF16, 100, 0)).isEqualTo(KvCacheSpec.contiguous(1, 576, 512, BF16, 100));
  }

  @Test
  void latentAttentionExpandsToHeads() {
    ModelSpec mha = catalogue.find("deepseek-v3").asMha();

    assertThat(mha.leadingLayer().heads()).isEqualTo(new GroupedHeads(128, 128, 192, 128));
    assertThat(mha.kvBytes(1, BF16)).isEqualTo(61L * 128 * (192 + 128) * 2);
    assertThat(mha.leadingLayer().scale())
        .isCloseTo((float) (1 / Math.sqrt(192)), within(SCALE_TOLERANCE));
  }

  @Test
  void windowsNarrowWhatIsWiderAndSpareWhatIsNot() {
    ModelSpec llama = catalogue.find("llama-2-7b").withWindow(1020, 4);
    ModelSpec gptOss = catalogue.find("gpt-oss-20b").withWindow(1024, 4);

    assertThat(llama.kvBytes(100_000, BF16)).isEqualTo(512 * MIB);
    assertThat(llama.kvBytes(1000, BF16)).isEqualTo(1000 * 512 * KIB);
    assertThat(llama.leadingLayer().attention().mask())
        .isEqualTo(AttentionMask.causalWindow(1020, 4));
    assertThat(gptOss.layers().subList(0, 2))
        .extracting(LayerSpec::window)
        .containsExactly(128, 1024);
    assertThat(gptOss.layers().subList(0, 2)).extracting(LayerSpec::sinks).containsExactly(0, 4);
    assertThatThrownBy(() -> llama.withWindow(0, 4))
        .isInstanceOf(UserException.class)
        .hasMessage("llama-2-7b: window size must be at least 1: 0");
    assertThatThrownBy(() -> llama.withWindow(8, -1))
        .isInstanceOf(UserException.class)
        .hasMessage("llama-2-7b: window sinks must be at least 0: -1");
  }

  @Test
  void ranksHoldWholeHeads() {
    ModelSpec llama = catalogue.find("llama-3.1-8b");
    ModelSpec phi = catalogue.find("phi-4");
    long whole = llama.kvBytes(100, BF16);

    assertThat(llama.kvBytesPerGpu(100, BF16, 1)).isEqualTo(whole);
    assertThat(llama.kvBytesPerGpu(100, BF16, 4)).isEqualTo(whole / 4);
    assertThat(llama.kvBytesPerGpu(100, BF16, 8)).isEqualTo(whole / 8);
    assertThat(llama.kvBytesPerGpu(100, BF16, 16)).isEqualTo(whole / 8);
    assertThat(phi.kvBytesPerGpu(100, BF16, 4)).isEqualTo(phi.kvBytes(100, BF16) * 3 / 10);
    ModelSpec deepseek = catalogue.find("deepseek-v3");
    assertThat(deepseek.kvBytesPerGpu(100, BF16, 8)).isEqualTo(deepseek.kvBytes(100, BF16));
    assertThatThrownBy(() -> llama.kvBytesPerGpu(100, BF16, 0))
        .isInstanceOf(UserException.class)
        .hasMessage("llama-3.1-8b: tensor parallelism must be at least 1: 0");
  }

  @Test
  void footprintSetsTheModelBesideItsMhaAndMqaForms() {
    ModelSpec qwen = catalogue.find("qwen2.5-32b");
    KvFootprint footprint = KvFootprint.of(qwen, 1000, BF16, 4, 3);

    assertThat(footprint)
        .isEqualTo(
            new KvFootprint(
                "qwen2.5-32b",
                1000,
                BF16,
                4,
                3,
                256 * KIB,
                256_000 * KIB,
                0,
                1_280_000 * KIB,
                32_000 * KIB,
                3 * 64_000 * KIB));
    assertThat(footprint.saving()).isCloseTo(0.8, within(1e-12));
    assertThat(KvFootprint.of(qwen.asMha(), 1, BF16, 1, 1).saving()).isZero();
    assertThat(KvFootprint.of(qwen, 0, BF16, 1, 1).saving()).isZero();
    assertThatThrownBy(() -> KvFootprint.of(qwen, 1000, BF16, 1, 0))
        .isInstanceOf(UserException.class)
        .hasMessage("qwen2.5-32b: batch must be at least 1: 0");
    assertThatThrownBy(() -> KvFootprint.of(qwen, ModelSpec.MOST_TOKENS, F32, 1, Integer.MAX_VALUE))
        .isInstanceOf(UserException.class)
        .hasMessage("qwen2.5-32b: KV bytes must stay below 2^63, a batch of 2147483647 takes more");
  }

  @Test
  void asManyTokensFitAsTheirBytesAllow() {
    for (String name : new String[] {"llama-2-7b", "gemma-3-27b", "deepseek-v3", "qwen2-0.5b"}) {
      ModelSpec model = catalogue.find(name);
      for (long bytes : new long[] {10 * MIB, 3_333_333_333L, 1L << 50}) {
        for (var precision : io.headroom.kvcache.KvPrecision.values()) {
          long tokens = model.tokensThatFit(bytes, precision);
          assertThat(model.kvBytes(tokens, precision)).isLessThanOrEqualTo(bytes);
          if (tokens < ModelSpec.MOST_TOKENS) {
            assertThat(model.kvBytes(tokens + 1, precision)).isGreaterThan(bytes);
          }
        }
      }
    }
    ModelSpec llama = catalogue.find("llama-2-7b");
    assertThat(llama.tokensThatFit(512 * MIB, BF16)).isEqualTo(1024);
    assertThat(llama.tokensThatFit(512 * MIB - 1, BF16)).isEqualTo(1023);
    assertThat(llama.tokensThatFit(0, BF16)).isZero();
    assertThat(llama.tokensThatFit(512 * KIB - 1, BF16)).isZero();
    assertThat(catalogue.find("mistral-7b").tokensThatFit(512 * MIB, BF16))
        .isEqualTo(ModelSpec.MOST_TOKENS);
    assertThat(catalogue.find("mistral-7b").tokensThatFit(512 * MIB - 1, BF16)).isEqualTo(4095);
    assertThatThrownBy(() -> llama.tokensThatFit(-1, BF16))
        .isInstanceOf(UserException.class)
        .hasMessage("llama-2-7b: bytes must be between 0 and 72057594037927936: -1");
  }

  @Test
  void tokensOutOfRangeAreTheUsersMistake() {
    ModelSpec llama = catalogue.find("llama-2-7b");

    assertThat(llama.kvBytes(0, BF16)).isZero();
    assertThatThrownBy(() -> llama.kvBytes(-1, BF16))
        .isInstanceOf(UserException.class)
        .hasMessage("llama-2-7b: tokens must be between 0 and 4294967296: -1");
    assertThatThrownBy(() -> llama.kvBytes(Long.MAX_VALUE, BF16)).isInstanceOf(UserException.class);
  }

  @Test
  void travelsThroughJavaSerialization() throws IOException, ClassNotFoundException {
    for (String name : new String[] {"gemma-4-26b-a4b", "deepseek-v3", "qwen3-next-80b-a3b"}) {
      ModelSpec model = catalogue.find(name);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(model);
      }
      try (ObjectInputStream in =
          new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
        assertThat(in.readObject()).isEqualTo(model);
      }
    }
  }
}
