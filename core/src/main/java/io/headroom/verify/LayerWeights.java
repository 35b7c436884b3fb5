package io.headroom.verify;

import io.headroom.UserException;
import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.layer.AttentionLayer;
import io.headroom.layer.LinearProjection;
import io.headroom.layer.RmsNorm;
import io.headroom.model.GroupedHeads;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import io.headroom.model.config.HuggingFaceConfig;
import io.headroom.model.config.RotaryConfig;
import io.headroom.tensors.TensorReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Builds an {@link AttentionLayer} from the weights {@code
 * model.layers.N.self_attn.{q,k,v,o}_proj.{weight,bias}} of a file and the configuration of their
 * model.
 */
final class LayerWeights {
  private static final Pattern WEIGHT = Pattern.compile("model\\.layers\\.([0-9]{1,4})\\..*");

  /** Architectures whose layers are built of what {@link AttentionLayer} has, with no more. */
  private static final Set<String> TYPES =
      Set.of("llama", "mistral", "mixtral", "qwen2", "qwen2_moe", "qwen3", "qwen3_moe");

  private static final Set<String> NORMED_TYPES = Set.of("qwen3", "qwen3_moe");
  private static final double DEFAULT_NORM_EPSILON = 1e-6;

  private final TensorReader reader;
  private final HuggingFaceConfig config;
  private final ModelSpec model;

  LayerWeights(TensorReader reader, HuggingFaceConfig config) {
    if (!TYPES.contains(config.type())) {
      throw config
          .document()
          .wrong(
              "model_type",
              "must be one of %s for a layer"
                  .formatted(String.join(", ", TYPES.stream().sorted().toList())));
    }
    this.reader = reader;
    this.config = config;
    this.model = config.model();
  }

  ModelSpec model() {
    return model;
  }

  /**
   * Rejects what would not fit in memory: weights, hidden states, and what a forward pass makes of
   * them.
   */
  void requireMemory(int batch, int tokens) {
    AttentionShape shape = model.leadingLayer().heads().shape();
    double queryOutputs = (double) shape.queryHeads() * shape.headDim();
    double attended = (double) shape.queryHeads() * shape.valueDim();
    double kvOutputs = (double) shape.kvHeads() * (shape.headDim() + shape.valueDim());
    double outputs = queryOutputs + kvOutputs + attended;
    if (tokens * Math.max(queryOutputs, attended) > Integer.MAX_VALUE) {
      throw reader.wrongShape(
          LayerFile.HIDDEN_STATES,
          "of so few positions that their queries, %.0f numbers each, fit an array"
              .formatted(Math.max(queryOutputs, attended)));
    }
    double read = Float.BYTES * outputs * model.hiddenSize();
    double states = (Float.BYTES + 2.0 * Double.BYTES) * batch * tokens * model.hiddenSize();
    double passed = 2.0 * Float.BYTES * tokens * (outputs + 2.0 * model.hiddenSize());
    reader.requireMemory(
        read
            + states
            + passed
            + CacheMemory.bytes(shape.kvHeads(), tokens, shape.headDim(), shape.valueDim()));
  }

  /**
   * The layer of the only number that the names of the weights have.
   *
   * @param others names of tensors that the file has beside the weights
   */
  AttentionLayer layer(List<String> others) {
    int index = index();
    LayerSpec spec = model.layers().get(index);
    boolean normed = NORMED_TYPES.contains(config.type());
    String prefix = "model.layers.%d.self_attn.".formatted(index);
    List<String> allowed = new ArrayList<>(others);
    allowed.addAll(names(prefix, normed));
    reader.requireOnly(allowed);
    if (!(spec.heads() instanceof GroupedHeads heads)) {
      throw config.document().wrong("kv_lora_rank", "must be absent for a layer");
    }
    if (!spec.holdsKv()) {
      throw config
          .document()
          .wrong("layer_types", "must give layer %d keys and values of its own".formatted(index));
    }
    Attention attention = attention(spec);
    AttentionShape shape = heads.shape();
    int hiddenSize = model.hiddenSize();
    int valueOutputs = shape.queryHeads() * shape.valueDim();
    return new AttentionLayer(
        attention,
        projection(prefix + "q_proj", hiddenSize, shape.queryHeads() * shape.headDim()),
        projection(prefix + "k_proj", hiddenSize, shape.kvHeads() * shape.headDim()),
        projection(prefix + "v_proj", hiddenSize, shape.kvHeads() * shape.valueDim()),
        projection(prefix + "o_proj", valueOutputs, hiddenSize),
        RotaryConfig.read(config.document(), shape.headDim()),
        norm(prefix + "q_norm", normed, shape.headDim()),
        norm(prefix + "k_norm", normed, shape.headDim()));
  }

  /** The number in the names of the weights, one and the same in all. */
  private int index() {
    int layers = model.layers().size();
    int index = -1;
    for (String name : reader.file().tensors().keySet()) {
      Matcher matcher = WEIGHT.matcher(name);
      if (matcher.matches()) {
        index = Math.max(index, Integer.parseInt(matcher.group(1)));
      }
    }
    if (index < 0 || index >= layers) {
      throw new UserException(
          "%s: tensors model.layers.N.self_attn.q_proj.weight... are needed with N from 0 to %d: %s"
              .formatted(reader.file().path(), layers - 1, index < 0 ? "none" : index));
    }
    return index;
  }

  private static List<String> names(String prefix, boolean normed) {
    List<String> names = new ArrayList<>();
    for (String projection : List.of("q_proj", "k_proj", "v_proj", "o_proj")) {
      names.add(prefix + projection + ".weight");
      names.add(prefix + projection + ".bias");
    }
    if (normed) {
      names.add(prefix + "q_norm.weight");
      names.add(prefix + "k_norm.weight");
    }
    return names;
  }

  /** The layer's own window; metadata may repeat it but not contradict it. */
  private Attention attention(LayerSpec spec) {
    Attention attention = spec.attention();
    AttentionMask own = attention.mask();
    if (reader.file().metadata().containsKey("window") && reader.count("window") != own.window()) {
      throw reader.wrongMetadata(
          "window", "%d as the configuration has it".formatted(own.window()));
    }
    if (reader.count("sinks") != 0) {
      throw reader.wrongMetadata("sinks", "0 for a layer");
    }
    AttentionMask mask = new AttentionMask(reader.flag("causal"), own.window(), own.sinks());
    return new Attention(attention.shape(), mask, attention.scale());
  }

  private LinearProjection projection(String name, int inputs, int outputs) {
    String weight = name + ".weight";
    String bias = name + ".bias";
    requireShape(weight, "outputs,inputs", outputs, inputs);
    if (!reader.has(bias)) {
      return new LinearProjection(inputs, outputs, reader.floats(weight), new float[0]);
    }
    requireShape(bias, "outputs", outputs);
    return new LinearProjection(inputs, outputs, reader.floats(weight), reader.floats(bias));
  }

  private Optional<RmsNorm> norm(String name, boolean normed, int headDim) {
    if (!normed) {
      return Optional.empty();
    }
    String weight = name + ".weight";
    requireShape(weight, "head_dim", headDim);
    double epsilon = config.document().positiveNumber("rms_norm_eps").orElse(DEFAULT_NORM_EPSILON);
    return Optional.of(new RmsNorm(reader.floats(weight), epsilon));
  }

  private void requireShape(String name, String layout, int... expected) {
    if (!Arrays.equals(reader.shape(name, layout), expected)) {
      throw reader.wrongShape(name, Arrays.toString(expected) + " by the configuration");
    }
  }
}
