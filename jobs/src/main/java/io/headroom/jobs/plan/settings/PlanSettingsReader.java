package io.headroom.jobs.plan.settings;

import io.headroom.jobs.settings.FileLocator;
import io.headroom.jobs.settings.KvHeads;
import io.headroom.jobs.settings.Settings;
import io.headroom.jobs.settings.SettingsFile;
import io.headroom.jobs.settings.Window;
import io.headroom.jobs.workload.SequenceSettings;
import io.headroom.kvcache.KvFormat;
import io.headroom.model.config.ModelCatalogue;
import io.headroom.model.weights.WeightFormat;
import io.headroom.plan.search.ParallelChoice;
import io.headroom.plan.search.SearchSpace;
import io.headroom.plan.search.ServiceLevels;
import io.headroom.plan.search.ServicePreset;
import io.headroom.plan.serving.EngineScheduler;
import io.headroom.plan.serving.Routing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads {@link PlanSettings} from HOCON; whatever is wrong ends here, before anything starts. */
public final class PlanSettingsReader {
  private static final int MOST_RANKS = 4096;
  private static final int MOST_STEP_TOKENS = 1 << 20;
  private static final int MOST_SEQUENCES = 1 << 20;
  private static final int MOST_SIMULATED = 10_000;
  private static final int MOST_KEPT = 1_000_000;
  private static final long MOST_OF_WAVE = 1L << 40;
  private static final double MOST_MILLIS = 1e9;
  private static final double MOST_RATE = 1e9;
  private static final double BYTES_OF_GIGABYTE = 1e9;
  private static final String BF16 = "bf16";
  private static final Pattern RELEASE =
      Pattern.compile("\\d{1,4}(\\.\\d{1,4}){1,3}([a-z.]+\\d{1,4})?");
  private static final Pattern PROFILE_NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private final FileLocator files;

  private PlanSettingsReader(FileLocator files) {
    this.files = files;
  }

  /**
   * @throws io.headroom.UserException if a setting is wrong, missing or unknown
   */
  public static PlanSettings read(SettingsFile file) {
    return new PlanSettingsReader(FileLocator.beside(file.file())).read(file.only("plan"));
  }

  private PlanSettings read(Settings plan) {
    Settings limits = plan.object("limits");
    Settings simulate = plan.object("simulate");
    PlanSettings settings =
        new PlanSettings(
            plan.string("name"),
            plan.wholeNumber("seed", Long.MIN_VALUE, Long.MAX_VALUE),
            plan.list("models", this::locateModel),
            plan.list("kv-heads", element -> element.named(KvHeads::named, KvHeads.ALLOWED)),
            plan.list("kv-precisions", e -> e.named(KvFormat::named, KvFormat.labels())),
            plan.list("windows", Window::read),
            plan.list("weights", PlanSettingsReader::weights),
            plan.list("accelerators", this::locateProfile),
            parallelisms(plan.object("parallelism")),
            plan.value("engine").named(PlanSettingsReader::engine, engines()),
            plan.has("engine-version") ? release(plan.value("engine-version")) : "",
            limits.list("max-batched-tokens", element -> element.tokens(1, MOST_STEP_TOKENS)),
            limits.list("max-sequences", element -> element.integer(1, MOST_SEQUENCES)),
            limits.list("memory-utilization", element -> element.number(0.01, 1)),
            workload(plan.object("workload")),
            levels(plan.object("service-levels")),
            preset(plan.object("service-levels")),
            plan.has("prices") ? Optional.of(files.locate(plan.value("prices"))) : Optional.empty(),
            plan.list("disaggregated", e -> e.named(PlanSettingsReader::flag, "true, false")),
            plan.number("link-gigabytes-per-second", 1e-3, 1e6) * BYTES_OF_GIGABYTE,
            plan.value("routing").named(Routing::named, Routing.labels()),
            simulate.integer("best", 0, MOST_SIMULATED),
            simulate.integer("requests", 1, PlanSettings.MOST_REQUESTS),
            plan.integer("keep-best", 1, MOST_KEPT),
            plan.wholeNumber("wave-candidates", 1, MOST_OF_WAVE));
    limits.rejectUnknown();
    simulate.rejectUnknown();
    plan.rejectUnknown();
    return settings;
  }

  private static String release(Settings.Element version) {
    return version.named(
        text -> RELEASE.matcher(text).matches() ? Optional.of(text) : Optional.empty(),
        "a release, such as 0.12.0");
  }

  private String locateModel(Settings.Element nameOrPath) {
    return ModelCatalogue.isFile(nameOrPath.string())
        ? files.locate(nameOrPath)
        : nameOrPath.string();
  }

  private String locateProfile(Settings.Element nameOrPath) {
    return PROFILE_NAME.matcher(nameOrPath.string()).matches()
        ? nameOrPath.string()
        : files.locate(nameOrPath);
  }

  private static String weights(Settings.Element element) {
    List<String> schemes = new ArrayList<>(WeightFormat.SCHEMES);
    schemes.set(schemes.indexOf("bfloat16"), BF16);
    return element.named(
        text ->
            Stream.concat(Stream.of(SearchSpace.AS_CHECKPOINT), schemes.stream())
                .filter(text::equals)
                .map(name -> name.equals(BF16) ? "bfloat16" : name)
                .findFirst(),
        SearchSpace.AS_CHECKPOINT + ", " + String.join(", ", schemes));
  }

  private static List<ParallelChoice> parallelisms(Settings parallelism) {
    List<Integer> tensor = ranks(parallelism, "tensor");
    List<Integer> pipeline = ranks(parallelism, "pipeline");
    List<Integer> expert = ranks(parallelism, "expert");
    List<Integer> attentionData = ranks(parallelism, "attention-data");
    parallelism.rejectUnknown();
    List<ParallelChoice> choices = new ArrayList<>();
    for (int ofTensor : tensor) {
      for (int ofPipeline : pipeline) {
        for (int ofExpert : expert) {
          for (int ofAttentionData : attentionData) {
            choices.add(new ParallelChoice(ofTensor, ofPipeline, ofExpert, ofAttentionData));
          }
        }
      }
    }
    return choices;
  }

  private static List<Integer> ranks(Settings parallelism, String key) {
    return parallelism.list(key, element -> element.integer(1, MOST_RANKS));
  }

  private static Optional<String> engine(String text) {
    return EngineScheduler.of(text).map(EngineScheduler::engine);
  }

  private static String engines() {
    return EngineScheduler.known().stream()
        .map(EngineScheduler::engine)
        .collect(Collectors.joining(", "));
  }

  private PlanWorkload workload(Settings workload) {
    boolean traced = workload.has("trace");
    if (traced == workload.has("arrivals")) {
      throw workload.wrong(
          traced ? "arrivals" : "trace", "exactly one of trace, arrivals must be given");
    }
    PlanWorkload read = traced ? traced(workload) : drawn(workload);
    workload.rejectUnknown();
    return read;
  }

  private PlanWorkload traced(Settings workload) {
    double scale = workload.has("rate-scale") ? workload.number("rate-scale", 1e-6, MOST_RATE) : 1;
    return new PlanWorkload.Traced(SequenceSettings.trace(workload, files), scale);
  }

  private static PlanWorkload drawn(Settings workload) {
    boolean bursty =
        workload
            .value("arrivals")
            .named(
                text ->
                    switch (text) {
                      case "poisson" -> Optional.of(false);
                      case "bursty" -> Optional.of(true);
                      default -> Optional.empty();
                    },
                "poisson, bursty");
    double variation = bursty ? workload.number("gap-variation", 0.01, 100) : 1;
    return new PlanWorkload.Drawn(
        workload.number("rate", 1e-9, MOST_RATE),
        variation,
        SequenceSettings.distribution(workload.object("lengths")),
        SequenceSettings.distribution(workload.object("output")));
  }

  private static ServiceLevels levels(Settings levels) {
    if (levels.has("preset")) {
      List<String> beside = Stream.of("ttft-p99-ms", "tpot-p99-ms").filter(levels::has).toList();
      if (!beside.isEmpty()) {
        throw levels.wrong(
            "preset",
            "has both levels: drop it, as by --set plan.service-levels.preset=null, or drop %s"
                .formatted(String.join(" and ", beside)));
      }
      levels.rejectUnknown();
      return levels.value("preset").named(ServicePreset::named, ServicePreset.names()).levels();
    }
    ServiceLevels read =
        new ServiceLevels(
            levels.number("ttft-p99-ms", 1e-3, MOST_MILLIS),
            levels.number("tpot-p99-ms", 1e-3, MOST_MILLIS));
    levels.rejectUnknown();
    return read;
  }

  private static Optional<String> preset(Settings levels) {
    return levels.has("preset") ? Optional.of(levels.string("preset")) : Optional.empty();
  }

  private static Optional<Boolean> flag(String text) {
    return switch (text) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }
}
