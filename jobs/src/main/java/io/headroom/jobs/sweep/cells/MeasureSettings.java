package io.headroom.jobs.sweep.cells;

import io.headroom.jobs.workload.Sequence;
import io.headroom.measure.SyntheticTensors;
import java.io.Serializable;

/**
 * How every sequence of a sweep is measured.
 *
 * @param runId the run whose rows these are
 * @param minSamples the fewest samples of prefill and of decode
 * @param warmUpNanos time that an executor spends at most on a kernel that it never ran before
 * @param sequenceBudgetNanos time after which a sequence stops sampling
 * @param verifySample fraction of the sequences whose output is compared with the reference
 * @param noisyRepeats how often a shard is measured again while the host is noisy
 * @param timeLimitNanos time after which a sequence is given up; above 0
 */
public record MeasureSettings(
    String runId,
    int minSamples,
    long warmUpNanos,
    long sequenceBudgetNanos,
    double verifySample,
    int noisyRepeats,
    long timeLimitNanos)
    implements Serializable {

  /** Whether the sequence is in the sample: the same ones in every run, on every machine. */
  public boolean verifies(String cellId, Sequence sequence) {
    long draw = SyntheticTensors.mix(cellId.hashCode(), sequence.id());
    return (draw >>> 11) * 0x1p-53 < verifySample;
  }
}
