package io.headroom.jobs.sweep.cells;

import io.headroom.CanonicalText;
import io.headroom.Fingerprint;
import io.headroom.jobs.settings.KvHeads;
import io.headroom.jobs.sweep.settings.SweepSettings;
import io.headroom.jobs.workload.DecodeTokens;
import io.headroom.jobs.workload.SequenceSource;
import io.headroom.model.ModelIdentity;
import io.headroom.model.ModelSpec;
import io.headroom.model.config.ConfiguredModel;
import io.headroom.model.config.DistinctModelNames;
import io.headroom.workload.LengthDistribution;
import io.headroom.workload.LognormalLengths;
import io.headroom.workload.TraceColumns;
import io.headroom.workload.TraceDescription;
import io.headroom.workload.TraceFormat;
import io.headroom.workload.UniformLengths;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Ids are hashes of {@linkplain CanonicalText canonical texts}. A model counts as what its
 * configuration says: the same configuration under two names makes one cell, of the first name.
 */
final class CellIdsOfVersion2 implements CellIds {
  private static final int VERSION = 2;
  private static final int ID_BYTES = 8;
  private static final int PLAN_BYTES = 16;

  @Override
  public int version() {
    return VERSION;
  }

  @Override
  public List<ModelSpec> named(List<ConfiguredModel> models) {
    return DistinctModelNames.of(models);
  }

  @Override
  public Function<Cell, String> ofCells(ModelSpec model) {
    String identity = ModelIdentity.ofAttention(model);
    return cell -> text(cell, identity).fingerprint(ID_BYTES);
  }

  /**
   * The window of the configuration is in the model.
   *
   * @param model the identity of the cell's model
   */
  static CanonicalText text(Cell cell, String model) {
    return new CanonicalText("cell", VERSION)
        .put("contention_copies", cell.contention())
        .put("context_shards", cell.contextShards())
        .put("engine", cell.engine())
        .put("kv_cache", cell.kvCache())
        .put("kv_precision", cell.precision().label())
        .put("measured_layers", cell.layers())
        .put("model", model)
        .put("seed", cell.seed())
        .put("threads", cell.threads());
  }

  @Override
  public String ofUnbuildable(String cellId, KvHeads.Count kvHeads) {
    return new CanonicalText("unbuildable cell", VERSION)
        .put("cell", cellId)
        .put("kv_heads", kvHeads.heads())
        .fingerprint(ID_BYTES);
  }

  @Override
  public String ofPlan(SweepPlan plan) {
    return text(plan).fingerprint(PLAN_BYTES);
  }

  /** With the names of the models: rows of one cell must not have several. */
  static CanonicalText text(SweepPlan plan) {
    SweepSettings settings = plan.settings();
    CellPlan cells = plan.cells();
    CanonicalText text =
        new CanonicalText("sweep", VERSION)
            .put("cells", hash(cells.cells().keySet().stream()))
            .put("most_seconds_per_cell", settings.maxSecondsPerCell())
            .put("least_samples", settings.minSamples())
            .putEach("model", cells.modelNames())
            .put("noisy_repeats", settings.noisyRepeats())
            .put("unbuildable_cells", hash(cells.unbuildable().stream().map(UnbuildableCell::id)))
            .put("verified_fraction", settings.verifySample());
    describe(text, settings.decodeTokens());
    describe(text, settings.sequences());
    return text;
  }

  private static String hash(Stream<String> ids) {
    return Fingerprint.of(ids.collect(Collectors.joining("\n")), PLAN_BYTES);
  }

  private static void describe(CanonicalText text, DecodeTokens decodeTokens) {
    if (decodeTokens instanceof DecodeTokens.Fixed fixed) {
      text.put("decode_tokens", fixed.tokens());
    } else {
      text.put("decode_tokens", "trace");
    }
  }

  private static void describe(CanonicalText text, SequenceSource source) {
    if (source instanceof SequenceSource.Listed listed) {
      text.put("sequences", "listed")
          .put("sequences.each", listed.lengths().count())
          .put(
              "sequences.prompt_tokens",
              listed.lengths().lengths().stream()
                  .map(String::valueOf)
                  .collect(Collectors.joining(" ")));
      return;
    }
    if (source instanceof SequenceSource.Drawn drawn) {
      text.put("sequences.count", drawn.count());
      describe(text, drawn.distribution());
      return;
    }
    SequenceSource.Trace trace = (SequenceSource.Trace) source;
    text.put("sequences", "trace").put("sequences.file", trace.file());
    trace.description().ifPresent(description -> describe(text, description));
    trace.sample().ifPresent(requests -> text.put("sequences.sampled_requests", requests));
  }

  private static void describe(CanonicalText text, TraceDescription description) {
    if (description instanceof TraceFormat format) {
      text.put("sequences.format", format.label());
      return;
    }
    TraceColumns columns = (TraceColumns) description;
    columns
        .arrival()
        .ifPresent(
            arrival ->
                text.put("sequences.columns.arrival", arrival.name())
                    .put("sequences.columns.unit", arrival.unit().label()));
    text.put("sequences.columns.prompt", columns.prompt())
        .put("sequences.columns.output", columns.output());
  }

  private static void describe(CanonicalText text, LengthDistribution distribution) {
    if (distribution instanceof UniformLengths uniform) {
      text.put("sequences", "uniform")
          .put("sequences.least_prompt_tokens", uniform.min())
          .put("sequences.most_prompt_tokens", uniform.max());
      return;
    }
    LognormalLengths lognormal = (LognormalLengths) distribution;
    text.put("sequences", "lognormal")
        .put("sequences.mean_prompt_tokens", lognormal.mean())
        .put("sequences.median_prompt_tokens", lognormal.p50())
        .put("sequences.most_prompt_tokens", lognormal.max());
  }
}
