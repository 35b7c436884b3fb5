package io.headroom.plan.time;

import io.headroom.json.JsonDocument;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All that is fitted to servers of an engine; the rest of a step is made of measured kernels.
 *
 * @param engine such as {@code vllm}
 * @param hostMillis of a step with one sequence in which no kernel runs; it grows with the
 *     sequences, which the host plans and whose tokens it samples and prints
 * @param launchMillis that the host needs to launch the kernels of a layer one by one, where a step
 *     has prompts and so is no captured graph: such a step, and all who decode in it, wait at least
 *     for that
 * @param scale what the engine's kernels take of the measured ones' time
 * @param overlapsFrom the second number of the first release whose host works while the kernels of
 *     the step before run; empty where what is fitted is what is not hidden so
 * @param tpotError that nine of ten runs with other models kept within, as a fraction
 * @param ttftError the same of TTFT
 * @param source what they were fitted to
 */
public record EngineCosts(
    String engine,
    double hostMillis,
    double launchMillis,
    double scale,
    OptionalInt overlapsFrom,
    double tpotError,
    double ttftError,
    String source) {
  private static final String FILE = "engine-costs.json";
  private static final Pattern RELEASE = Pattern.compile("0\\.(\\d{1,4})\\b.*");
  private static final int MOST_RELEASE = 9999;

  /** So many sequences cost the host as much again as the first: seen in vLLM and SGLang. */
  private static final double SEQUENCES_OF_HOST = 48;

  private static final List<EngineCosts> KNOWN =
      JsonDocument.resources(EngineCosts.class, FILE).stream().map(EngineCosts::read).toList();

  public EngineCosts {
    if (!(hostMillis >= 0) || !(launchMillis >= 0) || !(scale > 0)) {
      throw new IllegalArgumentException(
          "costs of %s must not be negative, nor its scale 0: %s, %s, %s"
              .formatted(engine, hostMillis, launchMillis, scale));
    }
  }

  /** Every engine whose costs are known. */
  public static List<EngineCosts> known() {
    return KNOWN;
  }

  public static Optional<EngineCosts> of(String engine) {
    return known().stream().filter(costs -> costs.engine().equals(engine)).findFirst();
  }

  /** The same engine with other numbers. */
  public EngineCosts with(double hostMillis, double launchMillis, double scale, String source) {
    return new EngineCosts(
        engine, hostMillis, launchMillis, scale, overlapsFrom, tpotError, ttftError, source);
  }

  /** With nothing fitted: measured kernels, and a host that takes no time. */
  public EngineCosts unfitted() {
    return with(0, 0, 1, "nothing is fitted");
  }

  /**
   * Milliseconds of a step, the host's included.
   *
   * @param release such as {@code 0.12.0}; empty: the newest
   */
  public double millis(StepMillis step, String release) {
    return millis(step, overlaps(release));
  }

  /**
   * Milliseconds of a step, the host's included.
   *
   * @param overlaps as of the release
   */
  public double millis(StepMillis step, boolean overlaps) {
    return millis(step.kernels(), step.sequences(), step.layers(), overlaps);
  }

  /** In the terms of {@link StepMillis}. */
  double millis(double stepKernels, double sequences, int layers, boolean overlaps) {
    double host = hostMillis(sequences);
    double kernels = Math.max(scale * stepKernels, launchMillis * layers);
    return overlaps ? Math.max(host, kernels) : host + kernels;
  }

  /** Of a step with so many sequences. */
  double hostMillis(double sequences) {
    return hostMillis * (1 + sequences / SEQUENCES_OF_HOST);
  }

  /** Whether the host of a release works while the kernels of the step before run. */
  public boolean overlaps(String release) {
    if (overlapsFrom.isEmpty()) {
      return false;
    }
    Matcher numbered = RELEASE.matcher(release);
    return !numbered.matches() || Integer.parseInt(numbered.group(1)) >= overlapsFrom.getAsInt();
  }

  private static EngineCosts read(JsonDocument json) {
    return new EngineCosts(
        json.text("engine").orElseThrow(),
        json.positiveNumber("host_millis").orElse(0),
        json.positiveNumber("launch_millis").orElse(0),
        json.positiveNumber("scale").orElseThrow(),
        json.integer("overlaps_from", 0, MOST_RELEASE),
        json.positiveNumber("tpot_error").orElseThrow(),
        json.positiveNumber("ttft_error").orElseThrow(),
        json.text("source").orElseThrow());
  }
}
