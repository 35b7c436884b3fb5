package io.headroom.model.config;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which rules read which {@code model_type}. The names and what they mean are those of the
 * configuration classes in github.com/huggingface/transformers and, for models with code of their
 * own, in github.com/vllm-project/vllm.
 */
final class Families {
  private static final SortedMap<String, Family> BY_TYPE = new TreeMap<>();

  static {
    add(
        GroupedDecoders::plain,
        "apertus aquila arcee arctic aria_moe_lm bitnet bailing_moe bailing_moe_v2 codegen"
            + " cohere deepseek dots1 ernie4_5 ernie4_5_moe ernie4_5_vl_moe_text ernie4_5_moe_vl"
            + " exaone flex_olmo fuyu gemma glm glm4 glm4_moe glm4v glm4v_moe glm4v_moe_text"
            + " glm4v_text gpt2 gpt_neox gpt_neox_japanese gptj granite granitemoe granitemoeshared"
            + " grok-1 helium hy_v3 hunyuan_v1_dense_vl imagegpt internlm internlm2 internlm3 jais"
            + " jetmoe llama llava minicpm minimax_m2 mobilellm molmo nemotron olmo olmo2 olmoe"
            + " open-llama opt orion paddleocr_vl persimmon phi phi-msft phi3small seed_oss skywork"
            + " smollm3 smolvlm_text solar_open stablelm stablelm_epoch telechat telechat2"
            + " vault_gemma xverse Yi");
    add(GroupedDecoders::multiHead, "baichuan biogpt bloom qwen xglm");
    add(GroupedDecoders::bigCode, "gpt_bigcode");
    add(GroupedDecoders::falcon, "falcon RefinedWeb RefinedWebModel");
    add(ParamsFile::layers, DecoderObject.PARAMS_TYPE);
    add(GroupedDecoders::chatGlm, "chatglm");
    add(GroupedDecoders::attentionConfig, "dbrx mpt");
    add(GroupedDecoders::attentionGroups, "step3_text step3_vl step3");
    add(GroupedDecoders::crossLayer, "hunyuan hunyuan_v1_dense hunyuan_v1_moe");
    add(GroupedDecoders::looped, "ouro");
    add(
        SlidingDecoders::everyLayer,
        "mistral ministral ministral3 mixtral phi3 phi3_v phi4mm phi4_multimodal phimoe"
            + " starcoder2");
    add(
        SlidingDecoders::pattern,
        "cohere2 cohere2_moe cwm exaone4 exaone_moe gemma2 gemma3 gemma3_text gpt_oss olmo3"
            + " afmoe laguna smallthinker");
    add(
        SlidingDecoders::onRequest,
        "dots_ocr llava_qwen mimo minicpmo minicpmv qwen2 qwen2_moe qwen2_vl qwen2_vl_text"
            + " qwen2_5_vl qwen2_5_vl_text qwen2_5_omni_text qwen2_audio qwen2_audio_text qwen3"
            + " qwen3_moe qwen3_vl_text qwen3_vl_moe_text qwen3_omni_moe_text");
    add(SlidingDecoders::gemma3n, "gemma3n gemma3n_text");
    add(SlidingDecoders::gemma4, "gemma4 gemma4_text");
    add(SlidingDecoders::llama4, "llama4 llama4_text");
    add(
        LatentDecoders::plain,
        "deepseek_v2 deepseek_v3 deepseek_vl_v2 deepseek_vl deepseek_ocr glm4_moe_lite kimi_k2"
            + " kimi_k25 pangu_ultra_moe");
    add(LatentDecoders::twoALayer, "longcat_flash");
    add(LatentDecoders::expanded, "minicpm3");
    add(LatentDecoders::indexed, "deepseek_v32 glm_moe_dsa");
    add(LatentDecoders::compressed, "deepseek_ref deepseek_v4");
    add(MambaHybrids::mamba, "mamba falcon_mamba");
    add(MambaHybrids::mamba2, "mamba2");
    add(MambaHybrids::jamba, "jamba");
    add(MambaHybrids::bamba, "bamba");
    add(MambaHybrids::granite, "granitemoehybrid");
    add(MambaHybrids::nemotronH, "nemotron_h");
    add(MambaHybrids::falconH1, "falcon_h1");
    add(MambaHybrids::zamba, "zamba");
    add(MambaHybrids::zamba2, "zamba2");
    add(MambaHybrids::plamo2, "plamo2");
    add(LinearHybrids::miniMax, "minimax minimax_text_01 minimax_m1");
    add(LinearHybrids::miniMaxM3, "minimax_m3 minimax_m3_vl minimax_m3_vl_text");
    add(LinearHybrids::gatedDelta, "qwen3_next qwen3_5 qwen3_5_text qwen3_5_moe qwen3_5_moe_text");
    add(LinearHybrids::kimiLinear, "kimi_linear kimi_k3");
    add(LinearHybrids::bailing, "bailing_moe_linear bailing_moe_linear_v2 bailing_hybrid");
    add(LinearHybrids::miniCpmSala, "minicpm_sala");
    add(LinearHybrids::lfm2, "lfm2 lfm2_moe");
    add(LinearHybrids::recurrentGemma, "recurrent_gemma");
    add(HeadsByLayer::deci, "deci");
    add(HeadsByLayer::nemotronNas, "nemotron-nas");
    add(HeadsByLayer::openElm, "openelm");
    add(HeadsByLayer::miMo, "mimo_v2 mimo_v2_flash");
    add(HeadsByLayer::step35, "step3p5 step3p7");
    add(HeadsByLayer::baichuanM1, "baichuan_m1");
    add(CrossDecoders::mllama, "mllama mllama_text_model");
    add(CrossDecoders::whisper, "whisper");
    add(
        CrossDecoders::bart,
        "bart blenderbot blenderbot-small m2m_100 marian mbart nllb_moe pegasus plbart");
    add(CrossDecoders::t5, "longt5 mt5 t5 umt5");
  }

  private Families() {}

  private static void add(Family family, String types) {
    for (String type : List.of(types.split(" ", -1))) {
      if (BY_TYPE.put(type, family) != null) {
        throw new IllegalStateException("a model type has two families: " + type);
      }
    }
  }

  static Optional<Family> of(String type) {
    return Optional.ofNullable(BY_TYPE.get(type));
  }

  static SortedSet<String> types() {
    return new TreeSet<>(BY_TYPE.keySet());
  }
}
