package io.headroom.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.UserException;
import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.Bfloat16;
import io.headroom.kvcache.Float16;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;
import io.headroom.layer.AttentionLayer;
import io.headroom.layer.LinearProjection;
import io.headroom.layer.RmsNorm;
import io.headroom.layer.RotaryEmbedding;
import io.headroom.tensors.SafetensorsWriter;
import io.headroom.tensors.TensorType;
import io.headroom.testkit.GaussianTensors;
import io.headroom.testkit.SharedData;
import io.headroom.testkit.TextbookEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorVerificationTest {
  private static final double TEXTBOOK_TOLERANCE = 1e-6;

  @TempDir Path folder;

  private final TextbookEngine engine = new TextbookEngine();

  @Test
  void goldenFilesPassWithMargin() {
    List<Path> files = SharedData.files("golden", ".safetensors");

    assertThat(files).hasSizeGreaterThanOrEqualTo(14);
    for (Path file : files) {
      TensorVerification verification = TensorVerification.read(file);
      VerificationResult result = verification.verify(engine);

      assertThat(result.tolerance()).isEqualTo(TensorVerification.F32_TOLERANCE);
      assertThat(result.passed()).as("%s", result).isTrue();
      assertThat(result.relativeL2Error()).as("%s", result).isLessThan(TEXTBOOK_TOLERANCE);
      assertThat(result.engine()).isEqualTo("textbook");
    }
  }

  @Test
  void statesTheErrorOfAWrongOutput() throws IOException {
    Case example = new Case();
    example.output[3] += 0.5;
    VerificationResult result = TensorVerification.read(example.write(folder)).verify(engine);

    assertThat(result.passed()).isFalse();
    assertThat(result.maxAbsoluteError()).isBetween(0.49999, 0.50001);
    double norm = 0;
    for (double number : example.output) {
      norm += number * number;
    }
    double expected = 0.5 / Math.sqrt(norm);
    assertThat(result.relativeL2Error()).isBetween(expected * 0.9999, expected * 1.0001);
  }

  @Test
  void toleranceIsTheCallers() throws IOException {
    Case example = new Case();
    example.output[3] += 0.5;
    TensorVerification verification = TensorVerification.read(example.write(folder));

    assertThat(verification.verify(engine, 1).passed()).isTrue();
    assertThat(verification.verify(engine, 0).passed()).isFalse();
    assertThatThrownBy(() -> verification.verify(engine, Double.NaN))
        .isInstanceOf(UserException.class)
        .hasMessage("tolerance must be a number of at least 0: NaN");
    assertThatThrownBy(() -> verification.verify(engine, -1))
        .isInstanceOf(UserException.class)
        .hasMessage("tolerance must be a number of at least 0: -1.0");
  }

  @Test
  void everyReadableTypePassesWithItsOwnTolerance() throws IOException {
    for (TensorType type :
        List.of(TensorType.F64, TensorType.F32, TensorType.F16, TensorType.BF16)) {
      Case example = new Case();
      example.type = type;
      example.roundInputs();
      TensorVerification verification = TensorVerification.read(example.write(folder));
      VerificationResult result = verification.verify(engine);

      assertThat(result.passed()).as("%s", result).isTrue();
      double expected =
          switch (type) {
            case F16 -> TensorVerification.F16_TOLERANCE;
            case BF16 -> TensorVerification.BF16_TOLERANCE;
            default -> TensorVerification.F32_TOLERANCE;
          };
      assertThat(result.tolerance()).isEqualTo(expected);
    }
  }

  @Test
  void softmaxScaleOfTheFileIsUsed() throws IOException {
    Case example = new Case();
    example.scale = 0.25f;
    example.compute();
    TensorVerification verification = TensorVerification.read(example.write(folder));

    assertThat(verification.verify(engine).passed()).isTrue();
    example.scaleText = "0.26";
    assertThat(TensorVerification.read(example.write(folder)).verify(engine).passed()).isFalse();
  }

  @Test
  void anEngineThatCannotRunItIsNamed() throws IOException {
    TensorVerification verification = TensorVerification.read(new Case().write(folder));
    TextbookEngine other = new TextbookEngine("only keys of 1 channel");

    assertThat(verification.unsupported(other)).contains("only keys of 1 channel");
    assertThatThrownBy(() -> verification.verify(other))
        .isInstanceOf(UserException.class)
        .hasMessage(
            folder.resolve("case.safetensors")
                + ": the textbook engine cannot run it: only keys of 1 channel");
  }

  @Test
  void notANumberNeverPasses() {
    assertThat(new VerificationResult(folder, "e", "d", Double.NaN, Double.NaN, 1).passed())
        .isFalse();
  }

  @Test
  void brokenAttentionFilesAreTheUsersMistake() throws IOException {
    assertBroken(c -> c.key = null, "tensor key is missing");
    assertBroken(
        c -> c.query = null,
        "tensors query, key, value and output are needed, or hidden_states, output and the weights"
            + " of a layer; it has key, value, output");
    assertBroken(
        c -> c.keyShape = new long[] {1, 2, 5, 4},
        "the shape of key must be [1, a divisor of 4, keys, 5] as query is: [1, 2, 5, 4]");
    assertBroken(
        c -> c.keyShape = new long[] {1, 1, 10, 4},
        "the shape of key must be [1, a divisor of 4, keys, 5] as query is: [1, 1, 10, 4]");
    assertBroken(
        c -> c.keyShape = new long[] {2, 4, 5},
        "the shape of key must be [batch, heads, sequence, head_dim], none of them empty:"
            + " [2, 4, 5]");
    assertBroken(
        c -> c.valueShape = new long[] {1, 2, 8, 3},
        "the shape of value must be [1, 2, 4, value dim] as key is: [1, 2, 8, 3]");
    assertBroken(
        c -> c.outputShape = new long[] {1, 4, 6, 3},
        "the shape of output must be [1, 4, 3, 6] as query and value are: [1, 4, 6, 3]");
    assertBroken(
        c -> c.query[7] = Float.NaN, "tensor query must have finite numbers only; number 7 is NaN");
    assertBroken(
        c -> c.output[0] = Float.NEGATIVE_INFINITY,
        "tensor output must have finite numbers only; number 0 is -Infinity");
    assertBroken(c -> c.causal = null, "metadata causal is missing; true or false is needed");
    assertBroken(c -> c.causal = "yes", "metadata causal must be true or false: yes");
    assertBroken(
        c -> c.window = "-1", "metadata window must be an integer from 0 to 999999999: -1");
    assertBroken(
        c -> c.window = "99999999999",
        "metadata window must be an integer from 0 to 999999999: 99999999999");
    assertBroken(c -> c.sinks = "2", "metadata sinks must be 0 without a window: 2");
    assertBroken(
        c -> c.scaleText = "NaN",
        "metadata softmax_scale must be a number above 0 within the range of a float: NaN");
    assertBroken(
        c -> c.scaleText = "fast",
        "metadata softmax_scale must be a number above 0 within the range of a float: fast");
    assertBroken(
        c -> c.scaleText = "1e99",
        "metadata softmax_scale must be a number above 0 within the range of a float: 1e99");
    assertBroken(
        c -> c.extra = "outputs", "unknown tensor outputs; allowed: query, key, value, output");
  }

  @Test
  void causalAttentionNeedsAKeyForEveryQuery() throws IOException {
    Case example = new Case();
    example.query = Arrays.copyOf(example.query, 4 * 9 * 5);
    example.queryShape = new long[] {1, 4, 9, 5};
    example.output = new double[4 * 9 * 6];
    example.outputShape = new long[] {1, 4, 9, 6};
    Path file = example.write(folder);

    assertThatThrownBy(() -> TensorVerification.read(file))
        .isInstanceOf(UserException.class)
        .hasMessage(
            file
                + ": the shape of query must be of at most 4 positions, as many as key has, where a"
                + " mask is causal or windowed: [1, 4, 9, 5]");
    example.causal = "false";
    assertThat(TensorVerification.read(example.write(folder)).verify(engine).passed()).isFalse();
  }

  @Test
  void brokenLayerFilesAreTheUsersMistake() throws IOException {
    Path golden = SharedData.require("golden/qwen2-layer.safetensors");
    String config = Files.readString(SharedData.require("golden/qwen2-layer.config.json"));
    Path file = folder.resolve("layer.safetensors");
    Path configFile = folder.resolve("layer.config.json");
    Files.copy(golden, file);

    assertThatThrownBy(() -> TensorVerification.read(file))
        .isInstanceOf(UserException.class)
        .hasMessage(file + ": the model's configuration is missing beside it: " + configFile);
    assertBrokenLayer(
        config.replace("\"qwen2\"", "\"gpt2\""),
        configFile
            + ": model_type must be one of llama, mistral, mixtral, qwen2, qwen2_moe, qwen3,"
            + " qwen3_moe for a layer: \"gpt2\"");
    assertBrokenLayer(
        config.replace("\"num_key_value_heads\": 2", "\"num_key_value_heads\": 7"),
        file
            + ": the shape of model.layers.0.self_attn.k_proj.weight must be [112, 224] by the"
            + " configuration: [32, 224]");
    assertBrokenLayer(
        config.replace("\"hidden_size\": 224", "\"hidden_size\": 448"),
        file
            + ": the shape of hidden_states must be [batch, sequence, the hidden size 448]:"
            + " [2, 24, 224]");
    assertBrokenLayer(
        config.replace("\"qwen2\"", "\"qwen3\""),
        file + ": tensor model.layers.0.self_attn.q_norm.weight is missing");
    assertBrokenLayer(
        config.replace("\"rope_theta\"", "\"rope_scaling\": {\"type\": \"yarn\"}, \"rope_theta\""),
        configFile + ": rope_scaling.type must be default, linear or llama3: \"yarn\"");
    assertBrokenLayer(
        config.replace(
            "\"rope_theta\"", "\"rope_scaling\": {\"type\": \"linear\"}, \"rope_theta\""),
        configFile + ": rope_scaling.factor is missing; a number above 0 is needed");
    assertBrokenLayer(
        config.replace("1000000.0", "-1"),
        configFile + ": rope_theta must be a number above 0: -1");
    assertBrokenLayer(
        config.replace("\"rope_theta\"", "\"layer_types\": [\"conv\"], \"rope_theta\""),
        configFile
            + ": layer_types may have full_attention and sliding_attention in a model of type"
            + " qwen2, not conv: [\"conv\"]");
  }

  @Test
  void layerNamesAreOfOneLayerOfTheModel() throws IOException {
    Path file = folder.resolve("layer.safetensors");
    Files.writeString(
        folder.resolve("layer.config.json"),
        "{\"model_type\": \"llama\", \"hidden_size\": 4, \"num_hidden_layers\": 2,"
            + " \"num_attention_heads\": 2}");
    SafetensorsWriter states =
        new SafetensorsWriter()
            .metadata("causal", "true")
            .tensor("hidden_states", TensorType.F32, new float[8], 1, 2, 4)
            .tensor("output", TensorType.F32, new float[8], 1, 2, 4);
    states.write(file);
    assertThatThrownBy(() -> TensorVerification.read(file))
        .isInstanceOf(UserException.class)
        .hasMessage(
            file
                + ": tensors model.layers.N.self_attn.q_proj.weight... are needed with N from 0 to"
                + " 1: none");

    states
        .tensor("model.layers.5.self_attn.q_proj.weight", TensorType.F32, new float[16], 4, 4)
        .write(file);
    assertThatThrownBy(() -> TensorVerification.read(file))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("with N from 0 to 1: 5");
  }

  @Test
  void normsAndWindowOfALayerAreThoseOfItsModel() throws IOException {
    GaussianTensors random = new GaussianTensors(5);
    LinearProjection[] projections = {
      projection(random, 12, 16), projection(random, 12, 8),
      projection(random, 12, 8), projection(random, 16, 12)
    };
    RmsNorm queryNorm = new RmsNorm(random.next(1, 1, 4).data(), 1e-3);
    RmsNorm keyNorm = new RmsNorm(random.next(1, 1, 4).data(), 1e-3);
    AttentionLayer layer =
        new AttentionLayer(
            new Attention(new AttentionShape(4, 2, 4), AttentionMask.causalWindow(3, 0)),
            projections[0],
            projections[1],
            projections[2],
            projections[3],
            RotaryEmbedding.of(4, 500),
            Optional.of(queryNorm),
            Optional.of(keyNorm));
    float[] states = random.next(1, 7, 12).data();
    float[] output;
    try (KvCache cache = engine.newCache(layer.cache(KvPrecision.F32, 7))) {
      output = layer.forward(states, 7, engine, cache);
    }
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .metadata("causal", "true")
            .tensor("hidden_states", TensorType.F32, states, 1, 7, 12)
            .tensor("output", TensorType.F32, output, 1, 7, 12);
    String prefix = "model.layers.2.self_attn.";
    String[] names = {"q_proj", "k_proj", "v_proj", "o_proj"};
    for (int i = 0; i < names.length; i++) {
      LinearProjection projection = projections[i];
      String weight = prefix + names[i] + ".weight";
      writer.tensor(
          weight, TensorType.F32, projection.weight(), projection.outputs(), projection.inputs());
      String bias = prefix + names[i] + ".bias";
      writer.tensor(bias, TensorType.F32, projection.bias(), projection.outputs());
    }
    writer.tensor(prefix + "q_norm.weight", TensorType.F32, queryNorm.weight(), 4);
    writer.tensor(prefix + "k_norm.weight", TensorType.F32, keyNorm.weight(), 4);
    Path file = folder.resolve("layer.safetensors");
    writer.write(file);
    String config =
        "{\"model_type\": \"qwen3\", \"hidden_size\": 12, \"num_hidden_layers\": 3,"
            + " \"num_attention_heads\": 4, \"num_key_value_heads\": 2, \"head_dim\": 4,"
            + " \"rope_theta\": 500, \"rms_norm_eps\": 1e-3, \"sliding_window\": 3,"
            + " \"use_sliding_window\": true, \"max_window_layers\": 2}";
    Files.writeString(folder.resolve("layer.config.json"), config);

    assertThat(TensorVerification.read(file).verify(engine).maxAbsoluteError()).isZero();

    Files.writeString(
        folder.resolve("layer.config.json"),
        config.replace("\"max_window_layers\": 2", "\"max_window_layers\": 3"));
    assertThat(TensorVerification.read(file).verify(engine).passed()).isFalse();

    writer.metadata("window", "3").write(file);
    assertBrokenLayer(
        config.replace("\"max_window_layers\": 2", "\"max_window_layers\": 3"),
        file + ": metadata window must be 0 as the configuration has it: 3");
    writer.metadata("sinks", "1").write(file);
    assertBrokenLayer(config, file + ": metadata sinks must be 0 for a layer: 1");
    writer.metadata("sinks", "0").tensor(prefix + "q_proj.bais", TensorType.F32, new float[1], 1);
    writer.write(file);
    assertThatThrownBy(() -> TensorVerification.read(file))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            file + ": unknown tensor " + prefix + "q_proj.bais; allowed: hidden_states, output, ");
  }

  private static LinearProjection projection(GaussianTensors random, int inputs, int outputs) {
    return new LinearProjection(
        inputs, outputs, random.next(1, outputs, inputs).data(), random.next(1, 1, outputs).data());
  }

  private void assertBrokenLayer(String config, String message) throws IOException {
    Files.writeString(folder.resolve("layer.config.json"), config);
    assertThatThrownBy(() -> TensorVerification.read(folder.resolve("layer.safetensors")))
        .isInstanceOf(UserException.class)
        .hasMessage(message);
  }

  private interface Change {
    void apply(Case example);
  }

  private void assertBroken(Change change, String message) throws IOException {
    Case example = new Case();
    change.apply(example);
    Path file = example.write(folder);
    assertThatThrownBy(() -> TensorVerification.read(file))
        .isInstanceOf(UserException.class)
        .hasMessage(file + ": " + message);
  }

  /** A small causal file: 4 query heads, 2 KV heads, 3 queries, 4 keys of 5, values of 6. */
  private static final class Case {
    private TensorType type = TensorType.F32;
    private float[] query = new GaussianTensors(1).next(4, 3, 5).data();
    private float[] key = new GaussianTensors(2).next(2, 4, 5).data();
    private float[] value = new GaussianTensors(3).next(2, 4, 6).data();
    private double[] output;
    private long[] queryShape = {1, 4, 3, 5};
    private long[] keyShape = {1, 2, 4, 5};
    private long[] valueShape = {1, 2, 4, 6};
    private long[] outputShape = {1, 4, 3, 6};
    private String causal = "true";
    private String window;
    private String sinks;
    private float scale = (float) (1 / Math.sqrt(5));
    private String scaleText;
    private String extra;

    Case() {
      compute();
      scaleText = null;
    }

    void compute() {
      TextbookEngine engine = new TextbookEngine();
      KvCache cache = engine.newCache(KvCacheSpec.contiguous(2, 5, 6, KvPrecision.F32, 4));
      cache.append(HeadTensor.of(key, 2, 4, 5), HeadTensor.of(value, 2, 4, 6));
      HeadTensor result = HeadTensor.zeros(4, 3, 6);
      engine.attend(
          new Attention(new AttentionShape(4, 2, 5, 6), AttentionMask.CAUSAL, scale),
          HeadTensor.of(query, 4, 3, 5),
          cache,
          result);
      output = new double[result.data().length];
      for (int i = 0; i < output.length; i++) {
        output[i] = result.data()[i];
      }
      scaleText = Float.toString(scale);
    }

    void roundInputs() {
      for (float[] numbers : new float[][] {query, key, value}) {
        for (int i = 0; i < numbers.length; i++) {
          if (type == TensorType.F16) {
            numbers[i] = Float16.toFloat(Float16.fromFloat(numbers[i]));
          }
          if (type == TensorType.BF16) {
            numbers[i] = Bfloat16.toFloat(Bfloat16.fromFloat(numbers[i]));
          }
        }
      }
      compute();
    }

    Path write(Path folder) throws IOException {
      SafetensorsWriter writer = new SafetensorsWriter();
      metadata(writer, "causal", causal);
      metadata(writer, "window", window);
      metadata(writer, "sinks", sinks);
      metadata(writer, "softmax_scale", scaleText);
      tensor(writer, "query", query, queryShape);
      tensor(writer, "key", key, keyShape);
      tensor(writer, "value", value, valueShape);
      writer.tensor("output", type, output, outputShape);
      if (extra != null) {
        writer.tensor(extra, type, new float[1], 1);
      }
      Path file = folder.resolve("case.safetensors");
      writer.write(file);
      return file;
    }

    private void tensor(SafetensorsWriter writer, String name, float[] numbers, long[] shape) {
      if (numbers != null) {
        long size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        writer.tensor(name, type, Arrays.copyOf(numbers, (int) size), shape);
      }
    }

    private static void metadata(SafetensorsWriter writer, String key, String value) {
      if (value != null) {
        writer.metadata(key, value);
      }
    }
  }
}
