package io.headroom.jobs.sweep.plan;

import io.headroom.attention.AttentionEngines;
import io.headroom.jobs.settings.Settings;
import io.headroom.jobs.settings.SettingsFile;
import io.headroom.jobs.workload.TraceReader;
import io.headroom.kvcache.KvPrecision;
import io.headroom.workload.LengthList;
import io.headroom.workload.LognormalLengths;
import io.headroom.workload.TraceFormat;
import io.headroom.workload.UniformLengths;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads {@link SweepSettings} from HOCON; whatever is wrong ends here, before anything starts. */
public final class SweepSettingsReader {
  /** Of a prompt, and of what is decoded after it. */
  static final int MOST_TOKENS = 16_777_216;

  private static final int MOST_SEQUENCES = 10_000_000;
  private static final int MOST_THREADS = 1024;
  private static final int MOST_REPEATS = 100;
  private static final double LEAST_TIME_LIMIT_SECONDS = 600;
  private static final double TIME_LIMIT_FACTOR = 10;

  private final Path folder;

  private SweepSettingsReader(Path folder) {
    this.folder = folder;
  }

  /**
   * @throws io.headroom.UserException if a setting is wrong, missing or unknown, or the sweep too
   *     large
   */
  public static SweepSettings read(SettingsFile file) {
    Path folder = file.file().toAbsolutePath().getParent();
    SweepSettings settings = new SweepSettingsReader(folder).read(file.only("sweep"));
    SweepSize.requirePossible(file.file(), settings);
    return settings;
  }

  private SweepSettings read(Settings sweep) {
    SequenceSource sequences = sequences(sweep.object("sequences"));
    Settings measure = sweep.object("measure");
    Settings verify = sweep.object("verify");
    SweepSettings settings =
        new SweepSettings(
            sweep.string("name"),
            sweep.wholeNumber("seed", Long.MIN_VALUE, Long.MAX_VALUE),
            sweep.list("models", element -> locateModel(element)),
            sweep.list("kv-heads", element -> element.named(KvHeads::named, KvHeads.ALLOWED)),
            sequences,
            decodeTokens(sweep, sequences),
            sweep.list(
                "kv-precisions",
                element -> element.named(KvPrecision::named, KvPrecision.labels())),
            sweep.list("windows", SweepSettingsReader::window),
            sweep.list("kv-cache", element -> element.named(SweepSettingsReader::onOff, "on, off")),
            sweep.list("engines", SweepSettingsReader::engine),
            sweep.list("threads", element -> element.integer(1, MOST_THREADS)),
            sweep.list("contention", element -> element.integer(1, MOST_THREADS)),
            sweep.list("context-shards", element -> element.integer(1, 1)),
            measure.integer("layers", 1, 10_000),
            measure.integer("min-samples", 1, 1_000_000),
            measure.number("max-seconds-per-cell", 0.001, 1_000_000),
            measure.integer("noisy-repeats", 0, MOST_REPEATS),
            timeLimitSeconds(measure),
            verify.number("sample", 0, 1),
            sweep.number("wave-seconds", 0.001, 1_000_000));
    measure.rejectUnknown();
    verify.rejectUnknown();
    sweep.rejectUnknown();
    return settings;
  }

  private SequenceSource sequences(Settings sequences) {
    List<String> kinds = List.of("lengths", "trace", "lognormal", "uniform");
    List<String> given = kinds.stream().filter(sequences::has).toList();
    if (given.size() != 1) {
      throw sequences.wrong(
          given.isEmpty() ? "lengths" : given.get(1),
          "exactly one of %s must be given".formatted(String.join(", ", kinds)));
    }
    SequenceSource source =
        switch (given.get(0)) {
          case "lengths" -> lengths(sequences);
          case "trace" -> trace(sequences);
          case "lognormal" -> lognormal(sequences.object("lognormal"), count(sequences));
          default -> uniform(sequences.object("uniform"), count(sequences));
        };
    sequences.rejectUnknown();
    return source;
  }

  private static SequenceSource lengths(Settings sequences) {
    List<Integer> lengths = sequences.list("lengths", element -> element.integer(1, MOST_TOKENS));
    int count = sequences.has("count") ? count(sequences) : 1;
    if ((long) lengths.size() * count > MOST_SEQUENCES) {
      throw sequences.wrong(
          "count",
          "is of each of %d lengths; at most %d sequences are allowed"
              .formatted(lengths.size(), MOST_SEQUENCES));
    }
    return new SequenceSource.Listed(new LengthList(lengths, count));
  }

  private static int count(Settings sequences) {
    return sequences.integer("count", 1, MOST_SEQUENCES);
  }

  private SequenceSource trace(Settings sequences) {
    String file = locate(sequences.value("trace"));
    Optional<TraceFormat> format = Optional.empty();
    if (sequences.has("format")) {
      Settings.Element element = sequences.value("format");
      if (!element.string().equals("auto")) {
        format = Optional.of(element.named(TraceFormat::named, "auto, " + TraceFormat.labels()));
      }
    }
    Optional<Integer> sample =
        sequences.has("sample")
            ? Optional.of(sequences.integer("sample", 1, MOST_SEQUENCES))
            : Optional.empty();
    if (!file.contains("://") && !Files.exists(Path.of(file))) {
      throw sequences.wrong("trace", "no such file, neither beside the configuration nor here");
    }
    if (!file.contains("://")) {
      TraceReader.requireBeginning(file, format);
    }
    return new SequenceSource.Trace(file, format, sample);
  }

  private String locateModel(Settings.Element nameOrPath) {
    boolean isPath = nameOrPath.string().endsWith(".json");
    return isPath ? locate(nameOrPath) : nameOrPath.string();
  }

  /** Relative paths are sought beside the configuration, then in the working directory. */
  private String locate(Settings.Element element) {
    String path = element.string();
    if (path.contains("://")) {
      return path;
    }
    try {
      Path beside = folder.resolve(path);
      if (Files.exists(beside)) {
        return beside.normalize().toString();
      }
      Path here = Path.of(path);
      return Files.exists(here) ? here.toAbsolutePath().normalize().toString() : path;
    } catch (InvalidPathException e) {
      throw element.wrong("must be a path: " + e.getReason());
    }
  }

  private static SequenceSource lognormal(Settings lognormal, int count) {
    double p50 = lognormal.number("p50", 1, MOST_TOKENS);
    double mean = lognormal.number("mean", 1, MOST_TOKENS);
    int max = lognormal.integer("max", 1, MOST_TOKENS);
    if (mean <= p50) {
      throw lognormal.wrong("mean", "must be above p50 = " + p50);
    }
    if (max < p50) {
      throw lognormal.wrong("max", "must be at least p50 = " + p50);
    }
    lognormal.rejectUnknown();
    return new SequenceSource.Drawn(new LognormalLengths(mean, p50, max), count);
  }

  private static SequenceSource uniform(Settings uniform, int count) {
    int min = uniform.integer("min", 1, MOST_TOKENS);
    int max = uniform.integer("max", min, MOST_TOKENS);
    uniform.rejectUnknown();
    return new SequenceSource.Drawn(new UniformLengths(min, max), count);
  }

  /** Ten minutes, or ten times the time for samples if that is more. */
  private static double timeLimitSeconds(Settings measure) {
    if (measure.has("time-limit-seconds")) {
      return measure.number("time-limit-seconds", 0.001, 10_000_000);
    }
    double samplingSeconds = measure.number("max-seconds-per-cell", 0.001, 1_000_000);
    return Math.max(LEAST_TIME_LIMIT_SECONDS, TIME_LIMIT_FACTOR * samplingSeconds);
  }

  private static DecodeTokens decodeTokens(Settings sweep, SequenceSource sequences) {
    if (!sweep.string("decode-tokens").equals("trace")) {
      return new DecodeTokens.Fixed(sweep.integer("decode-tokens", 0, MOST_TOKENS));
    }
    if (!(sequences instanceof SequenceSource.Trace)) {
      throw sweep.wrong("decode-tokens", "needs sequences.trace");
    }
    return new DecodeTokens.FromTrace();
  }

  private static Window window(Settings.Element element) {
    if (!element.isObject()) {
      return element.named(
          text -> text.equals("none") ? Optional.of(Window.NONE) : Optional.empty(),
          "none, or { size = tokens, sinks = tokens }");
    }
    Settings window = element.object();
    int size = window.integer("size", 1, MOST_TOKENS);
    int sinks = window.has("sinks") ? window.integer("sinks", 0, MOST_TOKENS) : 0;
    window.rejectUnknown();
    return new Window(size, sinks);
  }

  private static Optional<Boolean> onOff(String text) {
    return switch (text) {
      case "on", "true" -> Optional.of(true);
      case "off", "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  private static String engine(Settings.Element element) {
    return element.named(
        text -> AttentionEngines.NAMES.stream().filter(text::equals).findFirst(),
        AttentionEngines.NAMES.stream().collect(Collectors.joining(", ")));
  }
}
