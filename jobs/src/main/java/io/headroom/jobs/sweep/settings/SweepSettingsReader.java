package io.headroom.jobs.sweep.settings;

import io.headroom.engines.AttentionEngines;
import io.headroom.jobs.settings.FileLocator;
import io.headroom.jobs.settings.KvHeads;
import io.headroom.jobs.settings.Settings;
import io.headroom.jobs.settings.SettingsFile;
import io.headroom.jobs.settings.Window;
import io.headroom.jobs.workload.SequenceSettings;
import io.headroom.jobs.workload.SequenceSource;
import io.headroom.kvcache.KvFormat;
import io.headroom.model.config.ModelCatalogue;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads {@link SweepSettings} from HOCON; whatever is wrong ends here, before anything starts. */
public final class SweepSettingsReader {
  private static final int MOST_THREADS = 1024;
  private static final int MOST_REPEATS = 100;
  private static final double LEAST_TIME_LIMIT_SECONDS = 600;
  private static final double TIME_LIMIT_FACTOR = 10;

  private final FileLocator files;

  private SweepSettingsReader(FileLocator files) {
    this.files = files;
  }

  /**
   * @throws io.headroom.UserException if a setting is wrong, missing or unknown, or the sweep too
   *     large
   */
  public static SweepSettings read(SettingsFile file) {
    SweepSettings settings =
        new SweepSettingsReader(FileLocator.beside(file.file())).read(file.only("sweep"));
    SweepSize.requirePossible(file.file(), settings);
    return settings;
  }

  private SweepSettings read(Settings sweep) {
    SequenceSource sequences = SequenceSettings.sequences(sweep.object("sequences"), files);
    Settings measure = sweep.object("measure");
    Settings verify = sweep.object("verify");
    SweepSettings settings =
        new SweepSettings(
            sweep.string("name"),
            sweep.wholeNumber("seed", Long.MIN_VALUE, Long.MAX_VALUE),
            sweep.list("models", element -> locateModel(element)),
            sweep.has("assume-plain")
                && sweep.value("assume-plain").named(SweepSettingsReader::onOff, "true, false"),
            sweep.list("kv-heads", element -> element.named(KvHeads::named, KvHeads.ALLOWED)),
            sequences,
            SequenceSettings.decodeTokens(sweep, sequences),
            sweep.list(
                "kv-precisions", element -> element.named(KvFormat::named, KvFormat.labels())),
            sweep.list("windows", Window::read),
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

  private String locateModel(Settings.Element nameOrPath) {
    return ModelCatalogue.isFile(nameOrPath.string())
        ? files.locate(nameOrPath)
        : nameOrPath.string();
  }

  /** Ten minutes, or ten times the time for samples if that is more. */
  private static double timeLimitSeconds(Settings measure) {
    if (measure.has("time-limit-seconds")) {
      return measure.number("time-limit-seconds", 0.001, 10_000_000);
    }
    double samplingSeconds = measure.number("max-seconds-per-cell", 0.001, 1_000_000);
    return Math.max(LEAST_TIME_LIMIT_SECONDS, TIME_LIMIT_FACTOR * samplingSeconds);
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
