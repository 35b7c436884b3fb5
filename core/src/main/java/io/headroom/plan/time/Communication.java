package io.headroom.plan.time;

import io.headroom.plan.accelerator.KernelCalls;
import io.headroom.plan.accelerator.KernelFamily;
import io.headroom.plan.accelerator.KernelTime;
import java.util.List;
import java.util.Map;

/** What ranks tell each other in a step. */
final class Communication {
  private static final String LINK_TYPE = "bfloat16";
  private static final String NCCL_TYPE = "half";

  private final Kernels kernels;
  private final Parallelism parallelism;
  private final int hiddenSize;

  /** Layers whose experts have the tokens of all ranks, where these attend to their own. */
  private final int gathered;

  /** Of a rank's part with those of others, after attention and MLP. */
  private final int sums;

  Communication(
      Kernels kernels, Parallelism parallelism, Map<LayerKernels, Integer> layers, int hiddenSize) {
    this.kernels = kernels;
    this.parallelism = parallelism;
    this.hiddenSize = hiddenSize;
    int all = 0;
    int withExperts = 0;
    for (Map.Entry<LayerKernels, Integer> layer : layers.entrySet()) {
      all += layer.getValue();
      withExperts += layer.getKey().experts().isPresent() ? layer.getValue() : 0;
    }
    this.gathered = parallelism.attentionData() > 1 ? withExperts : 0;
    this.sums = parallelism.tensor() > 1 ? 2 * all - gathered : 0;
  }

  /**
   * Sums after attention and MLP of tensor parallelism, tokens to and from experts of data-parallel
   * attention, and what one stage hands to the next.
   */
  void add(PartTimes times, double tokens) {
    double elements = tokens * hiddenSize;
    if (sums > 0) {
      times.add(StepPart.COMMUNICATION, sums, allReduce(elements));
    }
    if (gathered > 0) {
      double all = elements * parallelism.attentionData();
      int ranks = parallelism.ranks();
      times.add(StepPart.COMMUNICATION, gathered, collective("all_gather", ranks, all));
      times.add(StepPart.COMMUNICATION, gathered, collective("reduce_scatter", ranks, all));
    }
    if (parallelism.pipeline() > 1) {
      times.add(
          StepPart.COMMUNICATION,
          parallelism.pipeline() - 1,
          collective("all_gather", 2, elements));
    }
  }

  /** The logits of so many elements that each rank has a part of. */
  void addGathered(PartTimes times, double elements) {
    if (parallelism.tensor() > 1) {
      times.add(
          StepPart.COMMUNICATION, 1, collective("all_gather", parallelism.tensor(), elements));
    }
  }

  private KernelTime allReduce(double elements) {
    return kernels.time(
        KernelFamily.ALLREDUCE,
        KernelCalls.collective(List.of("vllm_graph", LINK_TYPE), parallelism.tensor(), elements));
  }

  private KernelTime collective(String operation, int ranks, double elements) {
    return kernels.time(
        KernelFamily.NCCL, KernelCalls.collective(List.of(operation, NCCL_TYPE), ranks, elements));
  }
}
