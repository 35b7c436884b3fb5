package io.headroom.model.weights;

import static io.headroom.model.weights.WeightMatrix.vector;

import io.headroom.UserException;
import io.headroom.json.JsonDocument;
import io.headroom.model.LayerKind;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import io.headroom.model.config.ConfiguredModel;
import io.headroom.model.config.HuggingFaceConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Counts the weights of a Hugging Face configuration: as the modelling code of its {@code
 * model_type} makes them, a draft's layers excepted, which engines load where they are asked to.
 */
public final class DecoderWeights {
  private static final int MOST_POSITIONS = 1 << 26;
  private static final List<String> POSITIONS = List.of("n_positions", "n_ctx");

  private final ConfiguredModel configured;
  private final HuggingFaceConfig whole;
  private final JsonDocument config;
  private final WeightFamily family;
  private final ModelSpec model;

  private DecoderWeights(ConfiguredModel configured, HuggingFaceConfig whole, WeightFamily family) {
    this.configured = configured;
    this.whole = whole;
    this.config = whole.document();
    this.family = family;
    this.model = configured.model();
  }

  /**
   * @throws UserException if the weights of its type are not known, or a number that they need is
   *     missing
   */
  public static ModelWeights of(ConfiguredModel configured) {
    HuggingFaceConfig whole =
        configured
            .config()
            .orElseThrow(
                () ->
                    new UserException(
                        configured.file() + ": weights are counted from a config.json alone"));
    WeightFamily family =
        WeightFamily.of(whole.type())
            .orElseThrow(
                () ->
                    new UserException(
                        "%s: the weights of model_type \"%s\" are not known"
                            .formatted(configured.file(), whole.type())));
    return new DecoderWeights(configured, whole, family).count();
  }

  private ModelWeights count() {
    int vocabulary = model.vocabSize();
    if (vocabulary == 0) {
      throw config.missing("vocab_size", "an integer is needed for weights to be counted");
    }
    boolean tied = isTied();
    ExpertWeights experts = new ExpertWeights(config, family, model.hiddenSize());
    TowerWeights tower = TowerWeights.of(whole, model.hiddenSize());
    return new ModelWeights(
        model.name(),
        embeddings(vocabulary),
        layers(experts),
        head(vocabulary, tied),
        tower.weights(),
        tied,
        CheckpointWeightFormat.of(configured, whole),
        experts.perToken(),
        tower.uncounted());
  }

  private boolean isTied() {
    String key = family.rules().text("tied_key").orElse("tie_word_embeddings");
    return config
        .flag(key)
        .or(() -> whole.whole().flag("tie_word_embeddings"))
        .orElse(family.flag("tied", false));
  }

  private List<WeightMatrix> embeddings(int vocabulary) {
    List<WeightMatrix> embeddings = new ArrayList<>();
    embeddings.add(
        new WeightMatrix(
            "embed_tokens",
            WeightRole.EMBEDDING,
            1,
            vocabulary,
            model.hiddenSize(),
            false,
            RankSplit.vocabulary()));
    if (family.flag("positions", false)) {
      int positions =
          config
              .integer(POSITIONS, 1, MOST_POSITIONS)
              .orElseThrow(() -> config.missing("n_positions", "an integer is needed"));
      embeddings.add(
          new WeightMatrix(
              "position_embeddings",
              WeightRole.EMBEDDING,
              1,
              positions,
              model.hiddenSize(),
              false,
              RankSplit.NONE));
    }
    if (family.flag("embedding_norm", false)) {
      embeddings.add(norm("embedding_norm"));
    }
    return embeddings;
  }

  private List<WeightMatrix> head(int vocabulary, boolean tied) {
    List<WeightMatrix> head = new ArrayList<>();
    if (family.flag("final_norm", true)) {
      head.add(norm("norm"));
    }
    if (!tied) {
      head.add(
          new WeightMatrix(
              "lm_head",
              WeightRole.HEAD,
              1,
              vocabulary,
              model.hiddenSize(),
              family.flag("head_bias", false),
              RankSplit.vocabulary()));
    }
    return head;
  }

  private List<List<WeightMatrix>> layers(ExpertWeights experts) {
    AttentionWeights attention = new AttentionWeights(config, family, model.hiddenSize());
    Optional<LayerParts> parts = LayerParts.of(config);
    Optional<BlockWeights> blocks = BlockWeights.of(config, model.hiddenSize());
    List<List<WeightMatrix>> layers = new ArrayList<>();
    for (LayerSpec layer : model.layers()) {
      int index = layers.size();
      if (blocks.isPresent()) {
        layers.add(blocks.get().of(index, layer, attention, experts));
        continue;
      }
      List<WeightMatrix> weights = new ArrayList<>();
      if (parts.isPresent()) {
        weights.addAll(onlyPart(parts.get().parts().get(index), layer, attention, experts));
      } else {
        weights.addAll(mixer(layer, attention));
        weights.addAll(family.flag("mixer_alone", false) ? List.of() : experts.of(index));
      }
      for (int norm = 0; norm < norms(); norm++) {
        weights.add(norm("layernorm." + norm));
      }
      if (family.flag("layer_scale", false)) {
        weights.add(vector("layer_scalar", 1));
      }
      layers.add(weights);
    }
    return layers;
  }

  private List<WeightMatrix> onlyPart(
      LayerParts.Part part, LayerSpec layer, AttentionWeights attention, ExpertWeights experts) {
    return switch (part) {
      case MAMBA -> StateWeights.of(whole.type(), config, model.hiddenSize());
      case ATTENTION -> attention.of(layer);
      case MLP -> experts.dense();
      case EXPERTS -> experts.experts();
    };
  }

  private List<WeightMatrix> mixer(LayerSpec layer, AttentionWeights attention) {
    if (layer.kind() == LayerKind.LINEAR) {
      return StateWeights.of(whole.type(), config, model.hiddenSize());
    }
    if (!layer.holdsKv()) {
      throw new UserException(
          "%s: the weights of layers that share or cross keys and values are not known"
              .formatted(configured.file()));
    }
    List<WeightMatrix> weights = new ArrayList<>(attention.of(layer));
    if (family.flag("state_beside_attention", false)) {
      weights.addAll(StateWeights.of(whole.type(), config, model.hiddenSize()));
    }
    return weights;
  }

  /** Falcon has one norm where attention and MLP read the same, or two (FalconDecoderLayer). */
  private int norms() {
    if (!family.flag("parallel_norms", false)) {
      return family.norms();
    }
    boolean newer = config.flag("new_decoder_architecture").orElse(false);
    boolean parallel = config.flag("parallel_attn").orElse(true);
    return newer || !parallel ? 2 : 1;
  }

  private WeightMatrix norm(String module) {
    boolean biased = family.has("norm_bias", config);
    return vector(module, (biased ? 2L : 1L) * model.hiddenSize());
  }
}
