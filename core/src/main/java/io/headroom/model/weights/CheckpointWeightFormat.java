package io.headroom.model.weights;

import io.headroom.UserException;
import io.headroom.json.JsonDocument;
import io.headroom.model.config.CheckpointKvFormat;
import io.headroom.model.config.ConfiguredModel;
import io.headroom.model.config.HuggingFaceConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How a checkpoint says that it keeps its weights: {@code torch_dtype} and {@code
 * quantization_config}, or {@code hf_quant_config.json} beside it. What is not known is refused.
 */
final class CheckpointWeightFormat {
  private static final String QUANTISATION = "quantization_config";
  private static final String METHOD = "quant_method";
  private static final String ALGORITHM = "quant_algo";
  private static final String GROUP_SIZE = "group_size";
  private static final String UNKNOWN = "is not known to count weights by; known: ";

  /** Names of the list of modules that are not quantised. */
  private static final List<String> KEPT =
      List.of("modules_to_not_convert", "ignore", "exclude_modules", "llm_int8_skip_modules");

  /** Names of checkpoints whose configuration must say more, for they are quantised. */
  private static final Pattern NAMED_QUANTISED =
      Pattern.compile(
          "-(fp8|nvfp4|mxfp4|awq|gptq|int4|int8|w4a16|w8a8)\\b", Pattern.CASE_INSENSITIVE);

  /** Bytes of a number by its name in PyTorch. */
  private static final Map<String, Integer> NUMBER_BYTES =
      Map.of("float32", 4, "float", 4, "bfloat16", 2, "float16", 2, "half", 2);

  /** What serving engines take where nothing is said. */
  private static final String DEFAULT_NUMBER = "bfloat16";

  private static final int MOST_GROUP = 1 << 16;

  /** Numbers that share a scale in bitsandbytes' formats of 4 bits (arXiv 2305.14314). */
  private static final int BITSANDBYTES_GROUP = 64;

  private final JsonDocument quantisation;
  private final int numberBytes;

  private CheckpointWeightFormat(JsonDocument quantisation, int numberBytes) {
    this.quantisation = quantisation;
    this.numberBytes = numberBytes;
  }

  /**
   * @throws UserException if it says something that is not known
   */
  static WeightFormat of(ConfiguredModel configured, HuggingFaceConfig config) {
    List<JsonDocument> places = List.of(config.document(), config.whole());
    String number = number(places);
    int numberBytes = NUMBER_BYTES.get(number);
    Optional<JsonDocument> quantisation =
        places.stream()
            .flatMap(place -> place.object(QUANTISATION).stream())
            .findFirst()
            .or(() -> CheckpointKvFormat.quantisationBeside(configured.file()));
    if (quantisation.isEmpty() && NAMED_QUANTISED.matcher(configured.model().name()).find()) {
      throw config
          .whole()
          .missing(
              QUANTISATION, "the name of the model says that its weights are quantised, not how");
    }
    if (quantisation.isEmpty()) {
      return WeightFormat.plain(number, numberBytes);
    }
    return new CheckpointWeightFormat(quantisation.get(), numberBytes).read();
  }

  private static String number(List<JsonDocument> places) {
    for (JsonDocument place : places) {
      for (String key : List.of("dtype", "torch_dtype")) {
        Optional<String> name = place.text(key).filter(text -> !text.equals("auto"));
        if (name.isPresent()) {
          String number = name.get().replaceFirst("^torch\\.", "");
          if (!NUMBER_BYTES.containsKey(number)) {
            throw place.wrong(
                key, "must be float32, bfloat16 or float16 for weights to be counted");
          }
          return number;
        }
      }
    }
    return DEFAULT_NUMBER;
  }

  private WeightFormat read() {
    String method =
        quantisation
            .text(METHOD)
            .or(() -> quantisation.text(ALGORITHM).map(algorithm -> "modelopt"))
            .orElseThrow(() -> quantisation.missing(METHOD, "a string is needed"));
    return switch (method) {
      case "fp8" -> fp8();
      case "fbgemm_fp8" -> quantised("fp8", MatrixEncoding.perChannel(8));
      case "mxfp4" ->
          new WeightFormat(
              "mxfp4",
              numberBytes,
              Optional.of(MatrixEncoding.mxfp4()),
              Set.of(WeightRole.EXPERT),
              KeptModules.NONE);
      case "awq" -> awq();
      case "gptq" -> gptq();
      case "bitsandbytes" -> bitsAndBytes();
      case "compressed-tensors" -> compressedTensors();
      case "modelopt", "modelopt_fp4" -> modelOpt();
      default ->
          throw quantisation.wrong(
              METHOD,
              UNKNOWN
                  + "fp8, fbgemm_fp8, mxfp4, awq, gptq, bitsandbytes, compressed-tensors, modelopt");
    };
  }

  private WeightFormat quantised(String label, MatrixEncoding encoding) {
    return new WeightFormat(
        label, numberBytes, Optional.of(encoding), WeightFormat.PROJECTIONS, kept());
  }

  private KeptModules kept() {
    List<String> listed = new ArrayList<>();
    for (String key : KEPT) {
      quantisation.texts(key).ifPresent(listed::addAll);
    }
    return KeptModules.of("%s: %s".formatted(quantisation.file(), quantisation.path()), listed);
  }

  private WeightFormat fp8() {
    return quantised(
        "fp8",
        quantisation
            .integers("weight_block_size", 1, MOST_GROUP)
            .map(block -> MatrixEncoding.blocks(8, block.get(0), block.get(block.size() - 1)))
            .orElse(MatrixEncoding.perTensor(8)));
  }

  private WeightFormat awq() {
    int bits = bits("bits");
    boolean zeroPoints = quantisation.flag("zero_point").orElse(true);
    return quantised("awq int" + bits, MatrixEncoding.groups(bits, group(), zeroPoints ? bits : 0));
  }

  /** GPTQ keeps zero points whether or not they are 0, and to which group a column belongs. */
  private WeightFormat gptq() {
    int bits = bits("bits");
    MatrixEncoding groups = MatrixEncoding.groups(bits, group(), bits);
    return quantised(
        "gptq int" + bits,
        new MatrixEncoding(bits, 1, groups.groupInputs(), groups.scaleBits(), 0, Integer.BYTES));
  }

  private WeightFormat bitsAndBytes() {
    if (quantisation.flag("load_in_8bit").orElse(false)) {
      return quantised("bitsandbytes int8", MatrixEncoding.perChannel(8));
    }
    if (!quantisation.flag("load_in_4bit").orElse(false)) {
      throw quantisation.missing("load_in_4bit", "load_in_4bit or load_in_8bit must be true");
    }
    boolean twice = quantisation.flag("bnb_4bit_use_double_quant").orElse(false);
    return quantised(
        "bitsandbytes 4 bits",
        new MatrixEncoding(4, 1, BITSANDBYTES_GROUP, twice ? Byte.SIZE : Float.SIZE, 0, 0));
  }

  private int bits(String key) {
    int bits =
        quantisation
            .integer(key, 2, 8)
            .orElseThrow(() -> quantisation.missing(key, "4 or 8 is needed"));
    if (bits != 4 && bits != 8) {
      throw quantisation.wrong(key, UNKNOWN + "4, 8");
    }
    return bits;
  }

  /** -1 stands for all of a row. */
  private int group() {
    return Math.max(0, quantisation.integer(GROUP_SIZE, -1, MOST_GROUP).orElse(128));
  }

  private WeightFormat compressedTensors() {
    JsonDocument groups =
        quantisation
            .object("config_groups")
            .orElseThrow(() -> quantisation.missing("config_groups", "an object is needed"));
    List<JsonDocument> schemes = new ArrayList<>();
    groups
        .values()
        .fieldNames()
        .forEachRemaining(key -> groups.object(key).ifPresent(schemes::add));
    if (schemes.size() != 1
        || !schemes.get(0).texts("targets").orElse(List.of()).equals(List.of("Linear"))) {
      throw quantisation.wrong(
          "config_groups", "must be one group whose targets are [\"Linear\"] to count weights by");
    }
    JsonDocument weights =
        schemes
            .get(0)
            .object("weights")
            .orElseThrow(() -> schemes.get(0).missing("weights", "an object is needed"));
    return quantised("compressed-tensors", compressed(weights));
  }

  private MatrixEncoding compressed(JsonDocument weights) {
    int bits =
        weights
            .integer("num_bits", 1, 64)
            .orElseThrow(() -> weights.missing("num_bits", "4 or 8 is needed"));
    boolean isFloat = weights.text("type").orElse("int").equals("float");
    String strategy = weights.text("strategy").orElse(weights.has(GROUP_SIZE) ? "group" : "tensor");
    if (bits == 4 && isFloat) {
      int group = weights.integer(GROUP_SIZE, 1, MOST_GROUP).orElse(0);
      return switch (group) {
        case 16 -> MatrixEncoding.nvfp4();
        case 32 -> MatrixEncoding.mxfp4();
        default -> throw weights.wrong(GROUP_SIZE, UNKNOWN + "16, 32");
      };
    }
    if (bits != 8 && bits != 4) {
      throw weights.wrong("num_bits", UNKNOWN + "4, 8");
    }
    int zeroPoint = weights.flag("symmetric").orElse(true) ? 0 : bits;
    return switch (strategy) {
      case "tensor" -> MatrixEncoding.perTensor(bits);
      case "channel" ->
          bits == 8 ? MatrixEncoding.perChannel(bits) : MatrixEncoding.groups(bits, 0, zeroPoint);
      case "group" ->
          MatrixEncoding.groups(
              bits,
              weights
                  .integer(GROUP_SIZE, 1, MOST_GROUP)
                  .orElseThrow(() -> weights.missing(GROUP_SIZE, "an integer is needed")),
              zeroPoint);
      case "block" -> {
        List<Integer> block =
            weights
                .integers("block_structure", 1, MOST_GROUP)
                .orElseThrow(() -> weights.missing("block_structure", "two integers are needed"));
        yield MatrixEncoding.blocks(bits, block.get(0), block.get(block.size() - 1));
      }
      default -> throw weights.wrong("strategy", UNKNOWN + "tensor, channel, group, block");
    };
  }

  private WeightFormat modelOpt() {
    String algorithm =
        quantisation
            .text(ALGORITHM)
            .orElseThrow(() -> quantisation.missing(ALGORITHM, "FP8 or NVFP4 is needed"))
            .toUpperCase(Locale.ROOT);
    return switch (algorithm) {
      case "FP8" -> quantised("fp8", MatrixEncoding.perTensor(8));
      case "NVFP4" -> {
        if (Stream.of("ignore", "exclude_modules").noneMatch(quantisation::has)) {
          throw quantisation.missing(
              "ignore", "which modules are not quantised is needed to count weights by");
        }
        yield quantised("nvfp4", MatrixEncoding.nvfp4());
      }
      default -> throw quantisation.wrong(ALGORITHM, UNKNOWN + "FP8, NVFP4");
    };
  }
}
