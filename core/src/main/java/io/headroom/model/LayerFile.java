package io.headroom.model;

import io.headroom.UserException;
import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvPrecision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A whole attention layer: tensors {@code hidden_states} and {@code output}, {@code [batch,
 * sequence, hidden size]}, and the weights under the names of a Hugging Face checkpoint; the
 * model's configuration lies beside as {@code NAME.config.json}.
 *
 * @param hiddenStates {@code [batch, tokens, hidden size]}
 * @param expected {@code [batch, tokens, hidden size]}
 */
record LayerFile(
    AttentionLayer layer,
    int batch,
    int tokens,
    float[] hiddenStates,
    double[] expected,
    TensorType expectedType)
    implements TensorCase {
  static final String HIDDEN_STATES = "hidden_states";
  private static final String OUTPUT = "output";
  private static final String STATES_LAYOUT = "batch,sequence,hidden_size";
  private static final Pattern WEIGHT = Pattern.compile("model\\.layers\\.([0-9]{1,4})\\..*");

  /** Architectures whose layers are built of what {@link AttentionLayer} has, with no more. */
  private static final Set<String> TYPES =
      Set.of("llama", "mistral", "mixtral", "qwen2", "qwen2_moe", "qwen3", "qwen3_moe");

  private static final Set<String> NORMED_TYPES = Set.of("qwen3", "qwen3_moe");
  private static final double DEFAULT_NORM_EPSILON = 1e-6;

  static LayerFile read(SafetensorsFile file) {
    TensorReader reader = new TensorReader(file);
    HuggingFaceConfig config = config(file.path());
    int[] states = reader.shape(HIDDEN_STATES, STATES_LAYOUT);
    int[] output = reader.shape(OUTPUT, STATES_LAYOUT);
    if (!Arrays.equals(states, output)) {
      throw reader.wrongShape(OUTPUT, Arrays.toString(states) + " as hidden_states is");
    }
    ModelSpec model = config.model();
    if (states[2] != model.hiddenSize()) {
      throw reader.wrongShape(
          HIDDEN_STATES, "[batch, sequence, the hidden size %d]".formatted(model.hiddenSize()));
    }
    return new LayerFile(
        layer(reader, config, model),
        states[0],
        states[1],
        reader.floats(HIDDEN_STATES),
        reader.doubles(OUTPUT),
        file.tensors().get(OUTPUT).type());
  }

  private static HuggingFaceConfig config(Path file) {
    String name = file.getFileName().toString().replaceFirst("\\.safetensors$", "");
    Path path = file.resolveSibling(name + ".config.json");
    if (!Files.exists(path)) {
      throw new UserException(
          "%s: the model's configuration is missing beside it: %s".formatted(file, path));
    }
    HuggingFaceConfig config = HuggingFaceConfig.read(path);
    if (!TYPES.contains(config.type())) {
      throw config
          .document()
          .wrong(
              "model_type",
              "must be one of %s for a layer"
                  .formatted(String.join(", ", TYPES.stream().sorted().toList())));
    }
    return config;
  }

  private static AttentionLayer layer(
      TensorReader reader, HuggingFaceConfig config, ModelSpec model) {
    int index = layerIndex(reader, model.layers().size());
    LayerSpec spec = model.layers().get(index);
    boolean normed = NORMED_TYPES.contains(config.type());
    String prefix = "model.layers.%d.self_attn.".formatted(index);
    reader.requireOnly(names(prefix, normed));
    if (!(spec.heads() instanceof GroupedHeads heads)) {
      throw config.document().wrong("kv_lora_rank", "must be absent for a layer");
    }
    if (!spec.holdsKv()) {
      throw config
          .document()
          .wrong("layer_types", "must give layer %d keys and values of its own".formatted(index));
    }
    Attention attention = attention(reader, spec);
    AttentionShape shape = heads.shape();
    int hiddenSize = model.hiddenSize();
    int valueOutputs = shape.queryHeads() * shape.valueDim();
    return new AttentionLayer(
        attention,
        projection(reader, prefix + "q_proj", hiddenSize, shape.queryHeads() * shape.headDim()),
        projection(reader, prefix + "k_proj", hiddenSize, shape.kvHeads() * shape.headDim()),
        projection(reader, prefix + "v_proj", hiddenSize, shape.kvHeads() * shape.valueDim()),
        projection(reader, prefix + "o_proj", valueOutputs, hiddenSize),
        RotaryConfig.read(config.document(), shape.headDim()),
        norm(reader, prefix + "q_norm", normed, shape.headDim(), config.document()),
        norm(reader, prefix + "k_norm", normed, shape.headDim(), config.document()));
  }

  /** The number in the names of the weights, one and the same in all. */
  private static int layerIndex(TensorReader reader, int layers) {
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
    List<String> names = new ArrayList<>(List.of(HIDDEN_STATES, OUTPUT));
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
  private static Attention attention(TensorReader reader, LayerSpec spec) {
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

  private static LinearProjection projection(
      TensorReader reader, String name, int inputs, int outputs) {
    String weight = name + ".weight";
    String bias = name + ".bias";
    requireShape(reader, weight, "outputs,inputs", outputs, inputs);
    if (!reader.has(bias)) {
      return new LinearProjection(inputs, outputs, reader.floats(weight), new float[0]);
    }
    requireShape(reader, bias, "outputs", outputs);
    return new LinearProjection(inputs, outputs, reader.floats(weight), reader.floats(bias));
  }

  private static Optional<RmsNorm> norm(
      TensorReader reader, String name, boolean normed, int headDim, ConfigDocument config) {
    if (!normed) {
      return Optional.empty();
    }
    String weight = name + ".weight";
    requireShape(reader, weight, "head_dim", headDim);
    double epsilon = config.positiveNumber("rms_norm_eps").orElse(DEFAULT_NORM_EPSILON);
    return Optional.of(new RmsNorm(reader.floats(weight), epsilon));
  }

  private static void requireShape(
      TensorReader reader, String name, String layout, int... expected) {
    if (!Arrays.equals(reader.shape(name, layout), expected)) {
      throw reader.wrongShape(name, Arrays.toString(expected) + " by the configuration");
    }
  }

  @Override
  public Optional<String> unsupported(AttentionEngine engine) {
    return engine.unsupported(layer.attention(), layer.cache(KvPrecision.F32, tokens));
  }

  @Override
  public float[] run(AttentionEngine engine) {
    int size = tokens * layer.hiddenSize();
    float[] output = new float[batch * size];
    for (int item = 0; item < batch; item++) {
      float[] states = Arrays.copyOfRange(hiddenStates, item * size, (item + 1) * size);
      try (KvCache cache = engine.newCache(layer.cache(KvPrecision.F32, tokens))) {
        float[] attended = layer.forward(states, tokens, engine, cache);
        System.arraycopy(attended, 0, output, item * size, size);
      }
    }
    return output;
  }
}
