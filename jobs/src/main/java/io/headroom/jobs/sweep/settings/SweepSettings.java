package io.headroom.jobs.sweep.settings;

import io.headroom.jobs.settings.KvHeads;
import io.headroom.jobs.settings.SettingsFile;
import io.headroom.jobs.settings.Window;
import io.headroom.jobs.workload.DecodeTokens;
import io.headroom.jobs.workload.SequenceSource;
import io.headroom.kvcache.KvFormat;
import java.util.List;

/**
 * What a sweep measures: the product of its lists over its sequences.
 *
 * @param models names in the catalogue or paths of {@code config.json} files
 * @param assumePlain whether models are computed as if keys that no rule knows were not there
 * @param kvCache true: decode on the cache; false: recompute the whole prefix for every token
 * @param contention how many copies of a sequence are measured side by side
 * @param layers how many layers of a model are measured
 * @param minSamples the fewest samples of prefill and of decode that a row should have
 * @param maxSecondsPerCell time after which a cell's sequences stop sampling, all together
 * @param noisyRepeats how often the sequences of a shard are measured again while the host is noisy
 * @param timeLimitSeconds time after which one sequence is given up and its row failed; no part of
 *     what rows of different runs must have in common
 * @param verifySample fraction of the sequences whose output is compared with the reference engine
 * @param waveSeconds predicted time of the work that is committed at once
 */
public record SweepSettings(
    String name,
    long seed,
    List<String> models,
    boolean assumePlain,
    List<KvHeads> kvHeads,
    SequenceSource sequences,
    DecodeTokens decodeTokens,
    List<KvFormat> kvPrecisions,
    List<Window> windows,
    List<Boolean> kvCache,
    List<String> engines,
    List<Integer> threads,
    List<Integer> contention,
    List<Integer> contextShards,
    int layers,
    int minSamples,
    double maxSecondsPerCell,
    int noisyRepeats,
    double timeLimitSeconds,
    double verifySample,
    double waveSeconds) {

  /** The lists of which a sweep is the product. */
  List<List<?>> axes() {
    return List.of(
        models,
        kvHeads,
        kvPrecisions,
        windows,
        kvCache,
        engines,
        threads,
        contention,
        contextShards);
  }

  /**
   * The settings' file with the places where models and trace were found, so that it means the same
   * wherever it is read again.
   */
  public SettingsFile locatedIn(SettingsFile file) {
    SettingsFile located = file.with("sweep.models", models);
    return sequences instanceof SequenceSource.Trace trace
        ? located.with("sweep.sequences.trace", trace.file())
        : located;
  }

  /** Below every file: an axis that is not named has one value. */
  public static final String DEFAULTS =
      """
      sweep {
        name = sweep
        seed = 42
        kv-heads = [model]
        decode-tokens = 16
        kv-precisions = [f32]
        windows = [none]
        kv-cache = [on]
        engines = [vector]
        threads = [1]
        contention = [1]
        context-shards = [1]
        measure { layers = 1, min-samples = 11, max-seconds-per-cell = 20, noisy-repeats = 2 }
        verify { sample = 0.05 }
        wave-seconds = 60
      }
      """;
}
