package io.headroom.plan.memory;

import io.headroom.kvcache.KvFormat;
import io.headroom.model.weights.RankLayout;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * How a server of vLLM was started, and on what.
 *
 * @param visibleBytes memory of a GPU as the engine sees it
 * @param utilisation the part of it that it may take
 * @param maxModelLen the most positions of a sequence
 * @param batchedTokens the most tokens of a step, where they were stated
 * @param sequences the most of a step, where they were stated
 * @param manySequences whether the GPU is one for which defaults are larger: of at least 70 GiB and
 *     no A100 (EngineArgs of vllm/engine/arg_utils.py)
 * @param eager whether it runs without CUDA graphs, as on a host
 */
public record EngineSetting(
    long visibleBytes,
    double utilisation,
    int maxModelLen,
    KvFormat kvFormat,
    RankLayout ranks,
    EngineRelease release,
    OptionalInt batchedTokens,
    OptionalInt sequences,
    boolean manySequences,
    boolean eager) {

  /** From so many GiB on defaults are larger. */
  public static final long LARGE_BYTES = 70L << 30;

  private static final int MANY_TOKENS = 8192;
  private static final int MANY_SEQUENCES = 1024;
  private static final int FEW_TOKENS = 2048;
  private static final int FEW_SEQUENCES = 256;

  /** Up to so many positions V0 ran prompts as a whole; beyond it cut them. */
  private static final int V0_LONGEST_WHOLE = 32_768;

  public EngineSetting {
    Objects.requireNonNull(kvFormat, "kvFormat");
    Objects.requireNonNull(ranks, "ranks");
    Objects.requireNonNull(release, "release");
    if (visibleBytes < 1 || !(utilisation > 0 && utilisation <= 1) || maxModelLen < 1) {
      throw new IllegalArgumentException(
          "visible memory and positions must be above 0, utilisation from 0 to 1: %d, %d, %s"
              .formatted(visibleBytes, maxModelLen, utilisation));
    }
  }

  /** Whether defaults are larger on a GPU, see {@link #manySequences}. */
  public static boolean hasManySequences(String gpu, long visibleBytes) {
    return visibleBytes >= LARGE_BYTES && !gpu.toLowerCase(Locale.ROOT).contains("a100");
  }

  /** Tokens of the run that measures activations. */
  int trialTokens() {
    if (batchedTokens.isPresent()) {
      return batchedTokens.getAsInt();
    }
    if (release.isV0()) {
      return maxModelLen <= V0_LONGEST_WHOLE ? Math.max(maxModelLen, FEW_TOKENS) : FEW_TOKENS;
    }
    return manySequences ? MANY_TOKENS : FEW_TOKENS;
  }

  /** Sequences of the same run, each of which is sampled. */
  int trialSequences() {
    int usual = manySequences && !release.isV0() ? MANY_SEQUENCES : FEW_SEQUENCES;
    return Math.min(sequences.orElse(usual), trialTokens());
  }
}
