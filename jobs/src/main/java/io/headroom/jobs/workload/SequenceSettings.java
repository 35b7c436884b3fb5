package io.headroom.jobs.workload;

import io.headroom.UserException;
import io.headroom.jobs.settings.FileLocator;
import io.headroom.jobs.settings.Settings;
import io.headroom.jobs.settings.TokenCount;
import io.headroom.jobs.traces.TraceReader;
import io.headroom.workload.ArrivalColumn;
import io.headroom.workload.ArrivalUnit;
import io.headroom.workload.LengthDistribution;
import io.headroom.workload.LengthList;
import io.headroom.workload.LognormalLengths;
import io.headroom.workload.TraceColumns;
import io.headroom.workload.TraceDescription;
import io.headroom.workload.TraceFormat;
import io.headroom.workload.UniformLengths;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads from HOCON where the sequences of a workload come from. */
public final class SequenceSettings {
  /** Of a prompt, and of what is decoded after it. */
  public static final int MOST_TOKENS = TokenCount.MOST;

  private static final int MOST_SEQUENCES = 10_000_000;

  private SequenceSettings() {}

  /**
   * Reads where sequences come from.
   *
   * @param files finds the trace
   * @throws UserException if a setting is wrong, missing or unknown, or there is no such trace
   */
  public static SequenceSource sequences(Settings sequences, FileLocator files) {
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
          case "trace" -> trace(sequences, files);
          case "lognormal" -> drawn(lognormal(sequences.object("lognormal")), sequences);
          default -> drawn(uniform(sequences.object("uniform")), sequences);
        };
    sequences.rejectUnknown();
    return source;
  }

  private static SequenceSource lengths(Settings sequences) {
    List<Integer> lengths = sequences.list("lengths", element -> element.tokens(1, MOST_TOKENS));
    int count = sequences.has("count") ? count(sequences) : 1;
    if ((long) lengths.size() * count > MOST_SEQUENCES) {
      throw sequences.wrong(
          "count",
          "is of each of %d lengths; at most %d sequences are allowed"
              .formatted(lengths.size(), MOST_SEQUENCES));
    }
    return new SequenceSource.Listed(new LengthList(lengths, count));
  }

  private static SequenceSource drawn(LengthDistribution lengths, Settings sequences) {
    return new SequenceSource.Drawn(lengths, count(sequences));
  }

  private static int count(Settings sequences) {
    return sequences.integer("count", 1, MOST_SEQUENCES);
  }

  /**
   * Reads which trace is meant: keys {@code trace}, {@code format}, {@code columns}, {@code
   * sample}.
   *
   * @param files finds the trace
   * @throws UserException if a setting is wrong, or there is no such trace
   */
  public static SequenceSource.Trace trace(Settings sequences, FileLocator files) {
    String file = files.locate(sequences.value("trace"));
    Optional<TraceDescription> description = description(sequences);
    Optional<Integer> sample =
        sequences.has("sample")
            ? Optional.of(sequences.integer("sample", 1, MOST_SEQUENCES))
            : Optional.empty();
    if (!file.contains("://") && !Files.exists(Path.of(file))) {
      throw sequences.wrong("trace", "no such file, neither beside the configuration nor here");
    }
    if (!file.contains("://")) {
      TraceReader.requireBeginning(file, description);
    }
    return new SequenceSource.Trace(file, description, sample);
  }

  private static Optional<TraceDescription> description(Settings sequences) {
    Optional<TraceDescription> format = Optional.empty();
    if (sequences.has("format")) {
      Settings.Element element = sequences.value("format");
      if (!element.string().equals("auto")) {
        format = Optional.of(element.named(TraceFormat::named, "auto, " + TraceFormat.labels()));
      }
    }
    if (!sequences.has("columns")) {
      return format;
    }
    if (format.isPresent()) {
      throw sequences.wrong("format", "must be auto or left out where columns are named");
    }
    return Optional.of(columns(sequences.object("columns")));
  }

  private static TraceColumns columns(Settings columns) {
    boolean timed = columns.has("arrival");
    if (!timed && columns.has("unit")) {
      throw columns.wrong("unit", "is that of the column arrival, which is not named");
    }
    Optional<ArrivalColumn> arrival =
        timed
            ? Optional.of(
                new ArrivalColumn(
                    columns.string("arrival"),
                    columns.value("unit").named(ArrivalUnit::named, ArrivalUnit.labels())))
            : Optional.empty();
    TraceColumns named =
        new TraceColumns(arrival, columns.string("prompt"), columns.string("output"));
    columns.rejectUnknown();
    if (Set.copyOf(named.names()).size() < named.names().size()) {
      throw columns.wrong("output", "each column must be named once");
    }
    return named;
  }

  /**
   * Reads from what lengths are drawn.
   *
   * @param lengths an object with one of {@code lognormal} and {@code uniform}
   * @throws UserException if a setting is wrong, missing or unknown
   */
  public static LengthDistribution distribution(Settings lengths) {
    boolean isLognormal = lengths.has("lognormal");
    if (isLognormal == lengths.has("uniform")) {
      throw lengths.wrong(
          isLognormal ? "uniform" : "lognormal", "exactly one of lognormal, uniform must be given");
    }
    LengthDistribution read =
        isLognormal ? lognormal(lengths.object("lognormal")) : uniform(lengths.object("uniform"));
    lengths.rejectUnknown();
    return read;
  }

  private static LengthDistribution lognormal(Settings lognormal) {
    double p50 = lognormal.number("p50", 1, MOST_TOKENS);
    double mean = lognormal.number("mean", 1, MOST_TOKENS);
    int max = lognormal.tokens("max", 1, MOST_TOKENS);
    if (mean <= p50) {
      throw lognormal.wrong("mean", "must be above p50 = " + p50);
    }
    if (max < p50) {
      throw lognormal.wrong("max", "must be at least p50 = " + p50);
    }
    lognormal.rejectUnknown();
    return new LognormalLengths(mean, p50, max);
  }

  private static LengthDistribution uniform(Settings uniform) {
    int min = uniform.tokens("min", 1, MOST_TOKENS);
    int max = uniform.tokens("max", min, MOST_TOKENS);
    uniform.rejectUnknown();
    return new UniformLengths(min, max);
  }

  /**
   * Reads {@code decode-tokens}.
   *
   * @param settings the object that has it beside the sequences
   * @throws UserException if it is wrong or missing, or of a trace that there is not
   */
  public static DecodeTokens decodeTokens(Settings settings, SequenceSource sequences) {
    if (!settings.string("decode-tokens").equals("trace")) {
      return new DecodeTokens.Fixed(settings.tokens("decode-tokens", 0, MOST_TOKENS));
    }
    if (!(sequences instanceof SequenceSource.Trace)) {
      throw settings.wrong("decode-tokens", "needs sequences.trace");
    }
    return new DecodeTokens.FromTrace();
  }
}
