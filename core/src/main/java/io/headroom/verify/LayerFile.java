package io.headroom.verify;

import io.headroom.UserException;
import io.headroom.attention.AttentionEngine;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvPrecision;
import io.headroom.layer.AttentionLayer;
import io.headroom.model.ModelSpec;
import io.headroom.model.config.HuggingFaceConfig;
import io.headroom.tensors.SafetensorsFile;
import io.headroom.tensors.TensorReader;
import io.headroom.tensors.TensorType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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

  static LayerFile read(SafetensorsFile file) {
    TensorReader reader = new TensorReader(file);
    HuggingFaceConfig config = config(file.path());
    int[] states = reader.shape(HIDDEN_STATES, STATES_LAYOUT);
    int[] output = reader.shape(OUTPUT, STATES_LAYOUT);
    if (!Arrays.equals(states, output)) {
      throw reader.wrongShape(OUTPUT, Arrays.toString(states) + " as hidden_states is");
    }
    LayerWeights weights = new LayerWeights(reader, config);
    ModelSpec model = weights.model();
    if (states[2] != model.hiddenSize()) {
      throw reader.wrongShape(
          HIDDEN_STATES, "[batch, sequence, the hidden size %d]".formatted(model.hiddenSize()));
    }
    weights.requireMemory(states[0], states[1]);
    return new LayerFile(
        weights.layer(List.of(HIDDEN_STATES, OUTPUT)),
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
    return HuggingFaceConfig.read(path);
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
