package io.headroom.model.weights;

import io.headroom.json.JsonDocument;
import io.headroom.model.config.HuggingFaceConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The tower for images of a model, with what projects its outputs into the decoder.
 *
 * @param uncounted what is there and is not counted, in words
 */
record TowerWeights(List<WeightMatrix> weights, List<String> uncounted) {
  private static final TowerWeights NONE = new TowerWeights(List.of(), List.of());
  private static final int MOST = 1 << 20;
  private static final int CHANNELS_OF_AN_IMAGE = 3;

  /** Objects that describe towers which are not for images. */
  private static final List<String> OTHERS = List.of("audio_config", "vision_tower_config");

  /** Types that are read by their decoder alone, though all of them have a tower. */
  private static final Set<String> WITH_TOWER =
      Set.of(
          "gemma3",
          "gemma4",
          "glm4v_moe",
          "kimi_k25",
          "llama4",
          "mistral3",
          "phi3_v",
          "qwen2_5_vl",
          "qwen2_vl",
          "qwen3_5",
          "qwen3_5_moe",
          "qwen3_vl",
          "qwen3_vl_moe");

  static TowerWeights of(HuggingFaceConfig config, int hiddenSize) {
    JsonDocument whole = config.whole();
    List<String> uncounted = new ArrayList<>();
    OTHERS.stream().filter(whole::has).forEach(uncounted::add);
    Optional<JsonDocument> vision = whole.object("vision_config");
    String type = whole.text("model_type").orElse("");
    if (vision.isEmpty()) {
      if (WITH_TOWER.contains(type)) {
        uncounted.add("vision tower");
      }
      return uncounted.isEmpty() ? NONE : new TowerWeights(List.of(), uncounted);
    }
    JsonDocument tower = vision.get();
    return switch (type) {
      case "gemma3" -> new TowerWeights(siglip(tower, hiddenSize), uncounted);
      case "llama4" -> new TowerWeights(llama4(tower, hiddenSize), uncounted);
      case "mistral3" -> new TowerWeights(pixtral(whole, tower, hiddenSize), uncounted);
      case "qwen2_5_vl" -> new TowerWeights(qwen25(tower, hiddenSize), uncounted);
      case "qwen3_vl", "qwen3_vl_moe" -> new TowerWeights(qwen3(tower, hiddenSize, 3), uncounted);
      case "qwen3_5", "qwen3_5_moe" -> new TowerWeights(qwen3(tower, hiddenSize, 0), uncounted);
      default -> {
        uncounted.add("vision_config");
        yield new TowerWeights(List.of(), uncounted);
      }
    };
  }

  /** SiglipVisionModel and Gemma3MultiModalProjector. */
  private static List<WeightMatrix> siglip(JsonDocument tower, int hiddenSize) {
    long channels = size(tower, "hidden_size", 1152);
    long width = size(tower, "intermediate_size", 4304);
    long layers = size(tower, "num_hidden_layers", 27);
    long patch = size(tower, "patch_size", 14);
    long side = size(tower, "image_size", 896) / patch;
    return List.of(
        matrix("patch_embedding", 1, channels, CHANNELS_OF_AN_IMAGE * patch * patch, true),
        matrix("position_embedding", 1, side * side, channels, false),
        matrix("attention", 4 * layers, channels, channels, true),
        matrix("fc1", layers, width, channels, true),
        matrix("fc2", layers, channels, width, true),
        matrix("layernorm", 4 * layers, channels, 1, false),
        matrix("post_layernorm", 2, channels, 1, false),
        matrix("mm_input_projection", 1, channels, hiddenSize, false),
        matrix("mm_soft_emb_norm", 1, channels, 1, false));
  }

  /** PixtralVisionModel and Mistral3MultiModalProjector. */
  private static List<WeightMatrix> pixtral(
      JsonDocument whole, JsonDocument tower, int hiddenSize) {
    long channels = size(tower, "hidden_size", 1024);
    long width = size(tower, "intermediate_size", 4096);
    long layers = size(tower, "num_hidden_layers", 24);
    long patch = size(tower, "patch_size", 16);
    long merged = whole.integer("spatial_merge_size", 1, 64).orElse(2);
    boolean biased = whole.flag("multimodal_projector_bias").orElse(false);
    return List.of(
        matrix("patch_conv", 1, channels, CHANNELS_OF_AN_IMAGE * patch * patch, false),
        matrix("attention", 4 * layers, channels, channels, false),
        matrix("gate_proj", layers, width, channels, false),
        matrix("up_proj", layers, width, channels, false),
        matrix("down_proj", layers, channels, width, false),
        matrix("norms", 2 * layers, channels, 1, false),
        matrix("ln_pre", 1, channels, 1, false),
        matrix("projector.norm", 1, channels, 1, false),
        matrix("projector.patch_merger", 1, channels, channels * merged * merged, false),
        matrix("projector.linear_1", 1, hiddenSize, channels, biased),
        matrix("projector.linear_2", 1, hiddenSize, hiddenSize, biased));
  }

  /** Llama4VisionModel and Llama4MultiModalProjector. */
  private static List<WeightMatrix> llama4(JsonDocument tower, int hiddenSize) {
    long channels = size(tower, "hidden_size", 1408);
    long width = size(tower, "intermediate_size", 5632);
    long layers = size(tower, "num_hidden_layers", 34);
    long patch = size(tower, "patch_size", 14);
    long side = size(tower, "image_size", 336) / patch;
    long shuffled = size(tower, "projector_input_dim", 4096);
    long outputs = size(tower, "vision_output_dim", 4096);
    return List.of(
        matrix("patch_embedding", 1, channels, CHANNELS_OF_AN_IMAGE * patch * patch, false),
        matrix("class_and_position_embedding", 1, side * side + 2, channels, false),
        matrix("attention", 4 * layers, channels, channels, true),
        matrix("fc1", layers, width, channels, true),
        matrix("fc2", layers, channels, width, true),
        matrix("layernorm", 4 * layers + 4, channels, 1, false),
        matrix("adapter.fc1", 1, shuffled, width, false),
        matrix("adapter.fc2", 1, outputs, shuffled, false),
        matrix("projector", 1, hiddenSize, outputs, false));
  }

  /** Qwen2_5_VisionTransformerPretrainedModel. */
  private static List<WeightMatrix> qwen25(JsonDocument tower, int hiddenSize) {
    long channels = size(tower, "hidden_size", 3584);
    long width = size(tower, "intermediate_size", 3420);
    long layers = size(tower, "depth", 32);
    long merged = channels * square(tower.integer("spatial_merge_size", 1, 64).orElse(2));
    long outputs = size(tower, "out_hidden_size", hiddenSize);
    return List.of(
        matrix("patch_embed", 1, channels, inputsOfAPatch(tower, 14), false),
        matrix("qkv", 3 * layers, channels, channels, true),
        matrix("proj", layers, channels, channels, true),
        matrix("gate_and_up_proj", 2 * layers, width, channels, true),
        matrix("down_proj", layers, channels, width, true),
        matrix("norms", 2 * layers + 1, channels, 1, false),
        matrix("merger.0", 1, merged, merged, true),
        matrix("merger.2", 1, outputs, merged, true));
  }

  /**
   * Qwen3VLVisionModel; that of Qwen3.5 has no further mergers.
   *
   * @param mergers further ones, where none are listed
   */
  private static List<WeightMatrix> qwen3(JsonDocument tower, int hiddenSize, int mergers) {
    long channels = size(tower, "hidden_size", 1152);
    long width = size(tower, "intermediate_size", 4304);
    long layers = size(tower, "depth", 27);
    long positions = size(tower, "num_position_embeddings", 2304);
    long merged = channels * square(tower.integer("spatial_merge_size", 1, 64).orElse(2));
    long outputs = size(tower, "out_hidden_size", hiddenSize);
    long further =
        tower.integers("deepstack_visual_indexes", 0, MOST).map(List::size).orElse(mergers);
    List<WeightMatrix> weights = new ArrayList<>();
    weights.add(matrix("patch_embed", 1, channels, inputsOfAPatch(tower, 16), true));
    weights.add(matrix("pos_embed", 1, positions, channels, false));
    weights.add(matrix("qkv", 3 * layers, channels, channels, true));
    weights.add(matrix("proj", layers, channels, channels, true));
    weights.add(matrix("fc1", layers, width, channels, true));
    weights.add(matrix("fc2", layers, channels, width, true));
    weights.add(matrix("norms", 4 * layers + 2, channels, 1, false));
    weights.add(matrix("merger.fc1", 1 + further, merged, merged, true));
    weights.add(matrix("merger.fc2", 1 + further, outputs, merged, true));
    if (further > 0) {
      weights.add(matrix("deepstack_merger.norm", 2 * further, merged, 1, false));
    }
    return weights;
  }

  private static long inputsOfAPatch(JsonDocument tower, int usualPatch) {
    long patch = size(tower, "patch_size", usualPatch);
    long frames = tower.integer("temporal_patch_size", 1, 64).orElse(2);
    return CHANNELS_OF_AN_IMAGE * frames * square(patch);
  }

  /** A number of channels, layers or pixels, and what it is where the file does not say. */
  private static long size(JsonDocument config, String key, int usual) {
    return config.integer(key, 1, MOST).orElse(usual);
  }

  private static long square(long number) {
    return number * number;
  }

  private static WeightMatrix matrix(
      String module, long copies, long outputs, long inputs, boolean biased) {
    return new WeightMatrix(
        "vision_tower." + module,
        WeightRole.OTHER,
        copies,
        outputs,
        inputs,
        biased,
        inputs > 1 ? RankSplit.outputs(outputs) : RankSplit.NONE);
  }
}
