package io.headroom.model.weights;

import io.headroom.json.JsonDocument;
import io.headroom.model.config.HuggingFaceConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
  private static final Map<String, String> WITH_TOWER =
      Map.ofEntries(
          Map.entry("gemma4", "vision tower"),
          Map.entry("glm4v_moe", "vision tower"),
          Map.entry("kimi_k25", "vision tower"),
          Map.entry("llama4", "vision tower"),
          Map.entry("mistral3", "vision tower"),
          Map.entry("phi3_v", "vision tower"),
          Map.entry("qwen2_5_vl", "vision tower"),
          Map.entry("qwen2_vl", "vision tower"),
          Map.entry("qwen3_5", "vision tower"),
          Map.entry("qwen3_5_moe", "vision tower"),
          Map.entry("qwen3_vl", "vision tower"),
          Map.entry("qwen3_vl_moe", "vision tower"),
          Map.entry("gemma3", "vision tower"));

  static TowerWeights of(HuggingFaceConfig config, int hiddenSize) {
    JsonDocument whole = config.whole();
    List<String> uncounted = new ArrayList<>();
    OTHERS.stream().filter(whole::has).forEach(uncounted::add);
    Optional<JsonDocument> vision = whole.object("vision_config");
    String type = whole.text("model_type").orElse("");
    if (vision.isEmpty()) {
      if (WITH_TOWER.containsKey(type)) {
        uncounted.add(WITH_TOWER.get(type));
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
    long channels = tower.integer("hidden_size", 1, MOST).orElse(1152);
    long width = tower.integer("intermediate_size", 1, MOST).orElse(4304);
    long layers = tower.integer("num_hidden_layers", 1, MOST).orElse(27);
    long patch = tower.integer("patch_size", 1, MOST).orElse(14);
    long side = tower.integer("image_size", 1, MOST).orElse(896) / patch;
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
    long channels = tower.integer("hidden_size", 1, MOST).orElse(1024);
    long width = tower.integer("intermediate_size", 1, MOST).orElse(4096);
    long layers = tower.integer("num_hidden_layers", 1, MOST).orElse(24);
    long patch = tower.integer("patch_size", 1, MOST).orElse(16);
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
    long channels = tower.integer("hidden_size", 1, MOST).orElse(1408);
    long width = tower.integer("intermediate_size", 1, MOST).orElse(5632);
    long layers = tower.integer("num_hidden_layers", 1, MOST).orElse(34);
    long patch = tower.integer("patch_size", 1, MOST).orElse(14);
    long side = tower.integer("image_size", 1, MOST).orElse(336) / patch;
    long shuffled = tower.integer("projector_input_dim", 1, MOST).orElse(4096);
    long outputs = tower.integer("vision_output_dim", 1, MOST).orElse(4096);
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
    long channels = tower.integer("hidden_size", 1, MOST).orElse(3584);
    long width = tower.integer("intermediate_size", 1, MOST).orElse(3420);
    long layers = tower.integer("depth", 1, MOST).orElse(32);
    long merged = channels * square(tower.integer("spatial_merge_size", 1, 64).orElse(2));
    long outputs = tower.integer("out_hidden_size", 1, MOST).orElse(hiddenSize);
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
    long channels = tower.integer("hidden_size", 1, MOST).orElse(1152);
    long width = tower.integer("intermediate_size", 1, MOST).orElse(4304);
    long layers = tower.integer("depth", 1, MOST).orElse(27);
    long positions = tower.integer("num_position_embeddings", 1, MOST).orElse(2304);
    long merged = channels * square(tower.integer("spatial_merge_size", 1, 64).orElse(2));
    long outputs = tower.integer("out_hidden_size", 1, MOST).orElse(hiddenSize);
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
    long patch = tower.integer("patch_size", 1, MOST).orElse(usualPatch);
    long frames = tower.integer("temporal_patch_size", 1, 64).orElse(2);
    return CHANNELS_OF_AN_IMAGE * frames * square(patch);
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
