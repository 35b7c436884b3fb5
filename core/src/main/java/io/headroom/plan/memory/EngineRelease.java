package io.headroom.plan.memory;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A release of vLLM as far as its memory depends on it.
 *
 * @param minor the second number of its version
 * @param isV0 whether it is the engine before V1, which was the default up to 0.7
 */
public record EngineRelease(int minor, boolean isV0) {
  private static final Pattern VERSION = Pattern.compile("0\\.(\\d{1,4})");

  /** The first in which V1 was the default. */
  private static final int FIRST_V1 = 8;

  /** The first that takes CUDA graphs off what is left for the cache. */
  private static final int FIRST_WITH_GRAPHS = 21;

  /** The first whose sampler cuts the logits without sorting them. */
  private static final int FIRST_UNSORTED = 17;

  /** The first that has more beside PyTorch. */
  private static final int FIRST_LARGER = 18;

  /** What a version that is not stated is taken for. */
  private static final int UNSTATED = 11;

  /** Of texts such as {@code 0.11.0}, {@code 0.6 (V0)} and {@code V1}. */
  public static EngineRelease of(String text) {
    Matcher version = VERSION.matcher(text);
    int minor = version.find() ? Integer.parseInt(version.group(1)) : UNSTATED;
    return new EngineRelease(minor, text.contains("V0") || minor < FIRST_V1);
  }

  /**
   * Whether the sampler sorts the logits; with those that do not came a workspace for experts that
   * stays.
   */
  boolean sortsLogits() {
    return minor < FIRST_UNSORTED;
  }

  boolean isLargerBesideTorch() {
    return minor >= FIRST_LARGER;
  }

  boolean countsGraphs() {
    return minor >= FIRST_WITH_GRAPHS;
  }
}
