package io.headroom.jobs.sweep.cells;

import io.headroom.Fingerprint;
import io.headroom.jobs.settings.KvHeads;
import io.headroom.jobs.sweep.settings.SweepSettings;
import io.headroom.jobs.workload.DecodeTokens;
import io.headroom.jobs.workload.SequenceSource;
import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.GroupedHeads;
import io.headroom.model.HeadLayout;
import io.headroom.model.LatentHeads;
import io.headroom.model.LayerKind;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import io.headroom.model.config.ConfiguredModel;
import io.headroom.model.config.ModelNames;
import io.headroom.workload.LengthDistribution;
import io.headroom.workload.LognormalLengths;
import io.headroom.workload.TraceDescription;
import io.headroom.workload.TraceFormat;
import io.headroom.workload.UniformLengths;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The rule of the first version, whose folders are still resumed: hashes of what Java's records
 * said of themselves then. The words are frozen here, whatever the records are called now. A model
 * counts by its name and its layers.
 */
final class CellIdsOfVersion1 implements CellIds {
  private static final int VERSION = 1;
  private static final int ID_BYTES = 8;
  private static final int PLAN_BYTES = 16;

  @Override
  public int version() {
    return VERSION;
  }

  /** By the file or its folder alone: models that differ may have one name. */
  @Override
  public List<ModelSpec> named(List<ConfiguredModel> models) {
    return models.stream()
        .map(
            configured -> configured.model().withName(ModelNames.ofFileOrFolder(configured.file())))
        .toList();
  }

  @Override
  public Function<Cell, String> ofCells(ModelSpec model) {
    Fingerprint.Prefix ofModel = new Fingerprint.Prefix(model.name() + "\n" + layers(model));
    return cell -> ofModel.with(everythingElse(cell), ID_BYTES);
  }

  private static String everythingElse(Cell cell) {
    return text(
        "\n%s\n%b\n%s\n%d\n%d\n%d\n%d\n%d",
        precision(cell.precision()),
        cell.kvCache(),
        cell.engine(),
        cell.threads(),
        cell.contention(),
        cell.contextShards(),
        cell.layers(),
        cell.seed());
  }

  private static String precision(KvFormat format) {
    if (!(format instanceof KvPrecision precision)) {
      // Formats that no sweep of the first version had.
      return format.label();
    }
    return switch (precision) {
      case F32 -> "F32";
      case F16 -> "F16";
      case BF16 -> "BF16";
      case FP8 -> "FP8";
      case INT8 -> "INT8";
      case INT4 -> "INT4";
    };
  }

  private static String layers(ModelSpec model) {
    Map<LayerSpec, String> textByKind = new HashMap<>();
    return model.layers().stream()
        .map(layer -> textByKind.computeIfAbsent(layer, CellIdsOfVersion1::layer))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static String layer(LayerSpec layer) {
    return text(
        "LayerSpec[kind=%s, heads=%s, window=%d, sinks=%d, scale=%s]",
        kind(layer.kind()),
        heads(layer.heads()),
        layer.window(),
        layer.sinks(),
        Float.toString(layer.scale()));
  }

  private static String kind(LayerKind kind) {
    return switch (kind) {
      case FULL -> "FULL";
      case SLIDING -> "SLIDING";
      case LINEAR -> "LINEAR";
      case SHARED -> "SHARED";
      // Kinds that no model of the first version had.
      case CHUNKED -> "CHUNKED";
      case CROSS -> "CROSS";
    };
  }

  private static String heads(HeadLayout heads) {
    if (heads instanceof LatentHeads latent) {
      return text(
          "LatentHeads[queryHeads=%d, latentDim=%d, rotaryDim=%d, plainDim=%d, valueDim=%d]",
          latent.queryHeads(),
          latent.latentDim(),
          latent.rotaryDim(),
          latent.plainDim(),
          latent.valueDim());
    }
    GroupedHeads grouped = (GroupedHeads) heads;
    return text(
        "GroupedHeads[queryHeads=%d, kvHeads=%d, headDim=%d, valueDim=%d]",
        grouped.queryHeads(), grouped.kvHeads(), grouped.headDim(), grouped.valueDim());
  }

  @Override
  public String ofUnbuildable(String cellId, KvHeads.Count kvHeads) {
    return Fingerprint.of(text("%s\nCount[heads=%d]", cellId, kvHeads.heads()), ID_BYTES);
  }

  @Override
  public String ofPlan(SweepPlan plan) {
    SweepSettings settings = plan.settings();
    String everything =
        String.join("\n", plan.cells().cells().keySet())
            + "\n"
            + sequences(settings.sequences())
            + decodeTokens(settings.decodeTokens())
            + settings.minSamples()
            + Double.toString(settings.maxSecondsPerCell())
            + settings.noisyRepeats()
            + Double.toString(settings.verifySample());
    return Fingerprint.of(everything, PLAN_BYTES);
  }

  private static String sequences(SequenceSource source) {
    if (source instanceof SequenceSource.Listed listed) {
      return text(
          "Listed[lengths=LengthList[lengths=%s, count=%d]]",
          listed.lengths().lengths().stream()
              .map(String::valueOf)
              .collect(Collectors.joining(", ", "[", "]")),
          listed.lengths().count());
    }
    if (source instanceof SequenceSource.Drawn drawn) {
      return text(
          "Drawn[distribution=%s, count=%d]", distribution(drawn.distribution()), drawn.count());
    }
    SequenceSource.Trace trace = (SequenceSource.Trace) source;
    return text(
        "Trace[file=%s, format=%s, sample=%s]",
        trace.file(),
        optional(trace.description().map(CellIdsOfVersion1::description)),
        optional(trace.sample().map(String::valueOf)));
  }

  private static String distribution(LengthDistribution distribution) {
    if (distribution instanceof UniformLengths uniform) {
      return text("UniformLengths[min=%d, max=%d]", uniform.min(), uniform.max());
    }
    LognormalLengths lognormal = (LognormalLengths) distribution;
    return text(
        "LognormalLengths[mean=%s, p50=%s, max=%d]",
        Double.toString(lognormal.mean()), Double.toString(lognormal.p50()), lognormal.max());
  }

  /** The three formats of that time in the words of that time, and others in words of their own. */
  private static String description(TraceDescription description) {
    return description instanceof TraceFormat format
        ? format.label().toUpperCase(Locale.ROOT)
        : description.toString();
  }

  private static String optional(Optional<String> value) {
    return value.map(text -> "Optional[" + text + "]").orElse("Optional.empty");
  }

  private static String decodeTokens(DecodeTokens decodeTokens) {
    return decodeTokens instanceof DecodeTokens.Fixed fixed
        ? text("Fixed[tokens=%d]", fixed.tokens())
        : "FromTrace[]";
  }

  /** Whatever the language of the machine. */
  private static String text(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
