package io.headroom.jobs.kv;

import io.headroom.UserException;
import io.headroom.jobs.cli.ExitStatus;
import io.headroom.jobs.cli.JsonLine;
import io.headroom.jobs.cli.TextTable;
import io.headroom.jobs.cli.TopLevelErrors;
import io.headroom.jobs.cli.Units;
import io.headroom.jobs.settings.ProjectFolders;
import io.headroom.jobs.settings.TokenCount;
import io.headroom.kvcache.KvFormat;
import io.headroom.model.EngineBlocks;
import io.headroom.model.KvFootprint;
import io.headroom.model.KvFormatChoice;
import io.headroom.model.ModelSpec;
import io.headroom.model.config.CheckpointKvFormat;
import io.headroom.model.config.ConfiguredModel;
import io.headroom.model.config.ModelCatalogue;
import io.headroom.model.config.ReadingOptions;
import io.headroom.model.weights.RankLayout;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headroom kv}: the exact size of one model's key-value cache. */
@Command(
    name = "kv",
    description = "Prints the exact KV bytes of models, beside their MHA and MQA versions.",
    mixinStandardHelpOptions = true)
public final class KvCommand implements Callable<Integer> {
  private static final int MOST_IMAGES = 10_000;
  private static final int MOST_ENCODER_TOKENS = 1 << 30;

  @Spec private CommandSpec specification;

  @Parameters(
      paramLabel = "MODEL",
      arity = "1..*",
      description =
          "A name in conf/models, or the path of a Hugging Face config.json, of a params.json, of"
              + " a GGUF file, or of a folder with one of them.")
  private List<String> models;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      required = true,
      description = "Positions of a sequence, such as 32768 or 32k.")
  private String tokens;

  @Option(
      names = "--precision",
      paramLabel = "P",
      description =
          "How keys and values are kept: f32, f16, bf16, fp8, int8, int4; fp8-per-token-head, nvfp4,"
              + " q8_0, q5_1, q5_0, q4_1, q4_0, iq4_nl or fp8_ds_mla as serving engines keep them; or"
              + " two as K/V, such as int8/int4. Default: what the checkpoint's quantization_config"
              + " says of its cache, else bf16.")
  private String precision;

  @Option(
      names = "--tp",
      paramLabel = "N",
      defaultValue = "1",
      description = "GPUs that share the heads (tensor parallelism); default: ${DEFAULT-VALUE}.")
  private int tensorParallel;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "1",
      description = "Sequences held at once; default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--block",
      paramLabel = "N",
      description =
          "Tokens of a block in a paged cache: layers that keep every position keep whole blocks,"
              + " and it is told how vLLM and llama.cpp account for windows and states; default:"
              + " none, the bytes alone.")
  private Integer block;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "50MB,24GB,80GB",
      split = ",",
      description =
          "Memories or caches of one GPU, to be told how many tokens fit; default: ${DEFAULT-VALUE}.")
  private List<String> memories;

  @Option(
      names = "--weights",
      description =
          "Count the weights too, in the type or the quantisation that the checkpoint states.")
  private boolean weights;

  @Option(
      names = "--pp",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Stages of layers (pipeline parallelism), for --weights; default: ${DEFAULT-VALUE}.")
  private int pipelineParallel;

  @Option(
      names = "--ep",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "GPUs that share whole experts (expert parallelism), for --weights; default:"
              + " ${DEFAULT-VALUE}.")
  private int expertParallel;

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Images of a sequence, for models that keep their keys and values apart; default:"
              + " ${DEFAULT-VALUE}.")
  private int images;

  @Option(
      names = "--encoder-tokens",
      paramLabel = "N",
      description = "Positions of the encoder; default: the most that the configuration allows.")
  private String encoderTokens;

  @Option(
      names = "--assume-plain",
      description =
          "Compute as if keys that no rule knows were not there, and name them, instead of refusing.")
  private boolean assumePlain;

  @Option(names = "--json", description = "Print one JSON object a model.")
  private boolean json;

  @Override
  public Integer call() {
    Optional<KvFormat> asked = askedFormat();
    if (batch < 1) {
      throw new UserException("--batch %d: must be at least 1".formatted(batch));
    }
    requireWithWeights("--pp", pipelineParallel);
    requireWithWeights("--ep", expertParallel);
    OptionalInt blockTokens = blockTokens();
    long positions = TokenCount.parse("--tokens", tokens, ModelSpec.MOST_TOKENS);
    ReadingOptions options = options();
    List<ByteSize> sizes =
        memories.stream().map(memory -> ByteSize.parse("--memory", memory)).toList();
    ModelCatalogue catalogue = ProjectFolders.models();
    int status = ExitStatus.DONE;
    for (String model : models) {
      try {
        ConfiguredModel configured = catalogue.locate(model, options);
        KvFormatChoice format =
            asked.map(KvFormatChoice::asked).orElseGet(() -> CheckpointKvFormat.of(configured));
        KvReport report =
            KvReport.of(
                configured.model(), positions, format, tensorParallel, batch, blockTokens, sizes);
        if (weights) {
          report = report.with(weightsOf(configured));
        }
        System.out.print(json ? JsonLine.of(report.json()) : asText(report));
        HeadSplit.warning(configured.model(), tensorParallel)
            .ifPresent(
                warning ->
                    specification.commandLine().getErr().println("headroom: warning: " + warning));
      } catch (UserException e) {
        if (models.size() == 1) {
          throw e;
        }
        // The others are answered.
        TopLevelErrors.tell(e, specification.commandLine());
        status = ExitStatus.USER_MISTAKE;
      }
    }
    return status;
  }

  private void requireWithWeights(String option, int ranks) {
    if (ranks < 1) {
      throw new UserException("%s %d: must be at least 1".formatted(option, ranks));
    }
    if (ranks > 1 && !weights) {
      throw new UserException(
          "%s %d: is for --weights, which is not given".formatted(option, ranks));
    }
  }

  private WeightBytes weightsOf(ConfiguredModel configured) {
    WeightBytes bytes =
        WeightBytes.of(
            configured, new RankLayout(tensorParallel, pipelineParallel, expertParallel));
    if (!bytes.uncounted().isEmpty()) {
      specification
          .commandLine()
          .getErr()
          .println(
              "headroom: warning: %s: weights that are not counted: %s"
                  .formatted(configured.model().name(), String.join(", ", bytes.uncounted())));
    }
    return bytes;
  }

  private Optional<KvFormat> askedFormat() {
    if (precision == null) {
      return Optional.empty();
    }
    return Optional.of(
        KvFormat.named(precision)
            .orElseThrow(
                () ->
                    new UserException(
                        "--precision %s: unknown; allowed: %s"
                            .formatted(precision, KvFormat.labels()))));
  }

  private OptionalInt blockTokens() {
    if (block == null) {
      return OptionalInt.empty();
    }
    if (block < 1 || block > EngineBlocks.MOST_BLOCK_TOKENS) {
      throw new UserException(
          "--block %d: must be from 1 to %d".formatted(block, EngineBlocks.MOST_BLOCK_TOKENS));
    }
    return OptionalInt.of(block);
  }

  private ReadingOptions options() {
    if (images < 0 || images > MOST_IMAGES) {
      throw new UserException("--images %d: must be from 0 to %d".formatted(images, MOST_IMAGES));
    }
    OptionalInt encoder =
        encoderTokens == null
            ? OptionalInt.empty()
            : OptionalInt.of(
                (int) TokenCount.parse("--encoder-tokens", encoderTokens, MOST_ENCODER_TOKENS));
    return new ReadingOptions(assumePlain, images, encoder);
  }

  private static String asText(KvReport report) {
    TextTable table =
        new TextTable(
            "version",
            "kv heads",
            "bytes a token",
            "bytes a sequence",
            "that do not grow",
            "both",
            "of MHA",
            "bytes a GPU");
    for (KvReport.Version version : report.versions()) {
      KvFootprint footprint = version.footprint();
      table.add(
          version.name(),
          String.valueOf(version.kvHeads()),
          Units.count(footprint.bytesPerToken()),
          Units.count(footprint.bytesPerSequence()),
          Units.count(footprint.stateBytesPerSequence()),
          Units.bytes(footprint.bytesPerSequence() + footprint.stateBytesPerSequence()),
          Units.threeDigits(100 * (1 - footprint.saving())) + " %",
          Units.count(footprint.bytesPerGpu()));
    }
    KvFootprint footprint = report.configured().footprint();
    StringBuilder text = new StringBuilder();
    text.append(
        "%s, %s tokens, %s, %d GPU%s, batch of %d%n%n"
            .formatted(
                footprint.model(),
                Units.count(footprint.tokens()),
                footprint.format().label()
                    + report.formatKey().map(key -> " (%s)".formatted(key)).orElse(""),
                footprint.tensorParallel(),
                footprint.tensorParallel() == 1 ? "" : "s",
                footprint.batch()));
    if (!report.assumed().isEmpty()) {
      text.append(
          "ASSUMED: computed as if these keys were not there: %s%n%n"
              .formatted(String.join(", ", report.assumed())));
    }
    text.append(table.render());
    report.blocks().ifPresent(blocks -> text.append(asText(blocks)));
    report.weights().ifPresent(bytes -> text.append(asText(bytes)));
    TextTable fits = new TextTable("memory of a GPU", "tokens that fit", "as MHA", "as MQA");
    for (KvReport.Fit fit : report.fits()) {
      fits.add(
          fit.memory(), tokens(fit.tokens()), tokens(fit.tokensMha()), tokens(fit.tokensMqa()));
    }
    return text.append(System.lineSeparator())
        .append(fits.render())
        .append(
            "%nThe whole memory is the cache's: weights and activations are not counted.%n"
                .formatted())
        .toString();
  }

  private static String asText(EngineBlocks blocks) {
    StringBuilder text = new StringBuilder();
    text.append(
        "%nblocks of %s tokens: layers that keep every position keep whole blocks%n"
            .formatted(Units.count(blocks.blockTokens())));
    if (blocks.windowed()) {
      text.append(
          "windows: vLLM keeps the blocks of the last window, %s a sequence, and without its hybrid manager every position, %s times as much; llama.cpp keeps cells for window and micro-batch, %s%n"
              .formatted(
                  Units.bytes(blocks.vllmBytes()),
                  Units.threeDigits(blocks.factorWithoutHybridManager()),
                  Units.bytes(blocks.llamaCppBytes())));
    }
    if (blocks.padsStates()) {
      text.append(
          "states: vLLM pads each to a block of attention, which makes blocks of %s tokens: %s of states and %s that grow%n"
              .formatted(
                  Units.count(blocks.vllmBlockTokens()),
                  Units.bytes(blocks.vllmStateBytes()),
                  Units.bytes(blocks.vllmBytes())));
    }
    return text.toString();
  }

  private static String asText(WeightBytes weights) {
    return "%nweights: %s numbers, %s in %s, %s on the fullest GPU%n"
        .formatted(
            Units.count(weights.parameters()),
            Units.bytes(weights.bytes()),
            weights.format(),
            Units.bytes(weights.bytesPerGpu()));
  }

  private static String tokens(long tokens) {
    return tokens == ModelSpec.MOST_TOKENS ? "any number" : Units.count(tokens);
  }
}
