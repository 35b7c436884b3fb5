package io.headroom.plan.time;

import io.headroom.model.LayerKind;
import io.headroom.model.LayerSpec;
import io.headroom.plan.accelerator.TimeBasis;

/**
 * What a layer runs beside products, experts and attention: norms, rotation, activation, and the
 * states of layers that have them. They were not measured: their bytes and launches are counted.
 */
final class SmallKernels {
  /** A kernel that does little, within a captured graph. */
  static final double LAUNCHED_MILLIS = 1.5e-3;

  /** Norm, rotation with the write of keys and values, norm, activation. */
  private static final int OF_LAYER = 4;

  /** Bytes that two norms with their residuals move of a hidden channel. */
  private static final double NORM_BYTES = 16;

  /** Bytes that an activation moves of a channel of an MLP: two in, one out. */
  private static final double ACTIVATION_BYTES = 6;

  /** Of the bandwidth of the memory, what kernels of many small rows reach. */
  private static final double REACHED_BANDWIDTH = 0.75;

  private static final double ASSUMED_ERROR = 0.5;

  /**
   * Operations a number of a state and token, in chunks; and the part of the peak that is reached.
   */
  private static final double STATE_OPERATIONS = 8;

  private static final double STATE_PEAK = 0.25;

  private final Kernels kernels;
  private final int tensorRanks;
  private final int hiddenSize;

  SmallKernels(Kernels kernels, int tensorRanks, int hiddenSize) {
    this.kernels = kernels;
    this.tensorRanks = tensorRanks;
    this.hiddenSize = hiddenSize;
  }

  void addElementwise(PartTimes times, LayerKernels layer, int count, double tokens) {
    double bytes = tokens * (NORM_BYTES * hiddenSize + ACTIVATION_BYTES * layer.mlpWidth());
    double small = (OF_LAYER + layer.quantisedProducts()) * LAUNCHED_MILLIS;
    times.add(
        StepPart.ELEMENTWISE,
        count * (small + bytes / (kernels.bandwidthBytesPerMilli() * REACHED_BANDWIDTH)),
        ASSUMED_ERROR,
        TimeBasis.MEASURED);
  }

  /** Of layers that keep a state of each sequence in place of keys and values. */
  void addStates(PartTimes times, LayerSpec layer, int count, double sequences, double tokens) {
    long bytes = layer.further().state().bytesOnRank(tensorRanks);
    if (layer.kind() != LayerKind.LINEAR || bytes == 0) {
      return;
    }
    double moved = 2 * bytes * sequences / (kernels.bandwidthBytesPerMilli() * REACHED_BANDWIDTH);
    double computed =
        STATE_OPERATIONS
            * ((double) bytes / Float.BYTES)
            * tokens
            / (kernels.flopsPerMilli() * STATE_PEAK);
    times.add(
        StepPart.STATES,
        count * (Math.max(moved, computed) + 2 * LAUNCHED_MILLIS),
        ASSUMED_ERROR,
        TimeBasis.DATA_SHEET);
  }
}
