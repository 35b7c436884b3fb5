package io.headroom.jobs.kv;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headroom.UserException;
import io.headroom.jobs.cli.ExitStatus;
import io.headroom.jobs.cli.TextTable;
import io.headroom.jobs.cli.Units;
import io.headroom.jobs.settings.ProjectFolders;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.KvFootprint;
import io.headroom.model.ModelSpec;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code headroom kv}: the exact size of one model's key-value cache. */
@Command(
    name = "kv",
    description = "Prints the exact KV bytes of a model, beside its MHA and MQA versions.",
    mixinStandardHelpOptions = true)
public final class KvCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "MODEL",
      description = "A name in conf/models, or the path of a Hugging Face config.json.")
  private String model;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      required = true,
      description = "Positions of a sequence.")
  private long tokens;

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "bf16",
      description = "f32, f16, bf16, int8 or int4; default: ${DEFAULT-VALUE}.")
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
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "50MB,24GB,80GB",
      split = ",",
      description =
          "Memories or caches of one GPU, to be told how many tokens fit; default: ${DEFAULT-VALUE}.")
  private List<String> memories;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    KvPrecision kvPrecision =
        KvPrecision.named(precision)
            .orElseThrow(
                () ->
                    new UserException(
                        "--precision %s: unknown; allowed: %s"
                            .formatted(precision, KvPrecision.labels())));
    if (batch < 1) {
      throw new UserException("--batch %d: must be at least 1".formatted(batch));
    }
    ModelSpec spec = ProjectFolders.models().find(model);
    List<ByteSize> sizes =
        memories.stream().map(memory -> ByteSize.parse("--memory", memory)).toList();
    KvReport report = KvReport.of(spec, tokens, kvPrecision, tensorParallel, batch, sizes);
    System.out.print(json ? asJson(report) : asText(report));
    return ExitStatus.DONE;
  }

  private static String asJson(KvReport report) {
    try {
      return new ObjectMapper().writeValueAsString(report.json()) + System.lineSeparator();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report is made of plain values", e);
    }
  }

  private static String asText(KvReport report) {
    TextTable table =
        new TextTable(
            "version",
            "kv heads",
            "bytes a token",
            "bytes a sequence",
            "",
            "of MHA",
            "bytes a GPU");
    for (KvReport.Version version : report.versions()) {
      KvFootprint footprint = version.footprint();
      table.add(
          version.name(),
          String.valueOf(version.kvHeads()),
          Units.count(footprint.bytesPerToken()),
          Units.count(footprint.bytesPerSequence()),
          Units.bytes(footprint.bytesPerSequence()),
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
                footprint.precision().label(),
                footprint.tensorParallel(),
                footprint.tensorParallel() == 1 ? "" : "s",
                footprint.batch()));
    text.append(table.render());
    TextTable fits = new TextTable("memory of a GPU", "tokens that fit", "as MHA", "as MQA");
    for (KvReport.Fit fit : report.fits()) {
      fits.add(
          fit.memory(), tokens(fit.tokens()), tokens(fit.tokensMha()), tokens(fit.tokensMqa()));
    }
    return text.append(System.lineSeparator()).append(fits.render()).toString();
  }

  private static String tokens(long tokens) {
    return tokens == ModelSpec.MOST_TOKENS ? "any number" : Units.count(tokens);
  }
}
