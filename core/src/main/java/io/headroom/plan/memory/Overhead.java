package io.headroom.plan.memory;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What vLLM takes of a GPU besides weights and cache, as constants with the range in which they
 * were seen. Those without another source come from start-up logs of vLLM 0.11 on H100:
 * Llama-3.1-8B, Qwen3-0.6B, Qwen3-32B, gpt-oss-20b and Llama-3.3-70B on two GPUs. Those of later
 * releases come from 60 start-up logs of vLLM 0.15 to 0.19 on H100, as the accuracy report of the
 * capacity planner in github.com/llm-d-incubation/llm-d-planner has them.
 */
public enum Overhead {
  /**
   * Bytes for each number of the logits in the trial run of the sampler: the logits in 16 and in 32
   * bits, sorted with 64-bit positions, their softmax and its sums (Sampler and apply_top_k_top_p
   * of vllm/v1/sample).
   */
  SAMPLER_BYTES_PER_LOGIT("sampler-bytes-per-logit", 38.3, 2, 64),

  /**
   * The same since 0.17, whose Triton kernel cuts the logits without sorting them: 14.7 to 14.9 of
   * Llama-3.1-8B, Qwen2.5-7B, Qwen3-8B, Phi-4 and Gemma-2. Qwen3-14B took 5.64 GiB with 0.16 and
   * 2.23 with 0.17.
   */
  SAMPLER_BYTES_PER_LOGIT_SINCE_17("sampler-bytes-per-logit-since-17", 14.85, 2, 64),

  /** Rows as wide as the MLP that are alive at once: gate, up and their product (SiluAndMul). */
  MLP_ROWS("mlp-rows", 3, 1, 8),

  /** Rows as wide as the hidden state that are alive with those: input, residual, output. */
  HIDDEN_ROWS("hidden-rows", 3, 1, 8),

  /**
   * The same since 0.17: 4.2 to 4.3 where a forward pass is the peak (CodeLlama-7B,
   * Granite-3.1-8B).
   */
  HIDDEN_ROWS_SINCE_17("hidden-rows-since-17", 4.25, 1, 8),

  /** GiB that are not of PyTorch, on one GPU: 0.13 and 0.14 in all logs. */
  OTHER_GIB("other-gib", 0.13, 0, 8),

  /** The same where GPUs talk to each other, with the buffers of NCCL: 0.55 on two H100. */
  OTHER_GIB_SEVERAL_GPUS("other-gib-several-gpus", 0.55, 0, 8),

  /** On one GPU since 0.18: 0.24 to 0.27, and 0.46 of Granite. */
  OTHER_GIB_SINCE_18("other-gib-since-18", 0.25, 0, 8),

  /** On GPUs that split tensors since 0.18: 2.06 to 2.07 on two, 2.13 to 2.2 on four H100. */
  OTHER_GIB_SEVERAL_GPUS_SINCE_18("other-gib-several-gpus-since-18", 2.1, 0, 8),

  /**
   * The same of the engine before V1, which also counts the context of CUDA: 0.36 in
   * vllm-project/vllm issue 10517; 1.79 on H100 in pull request 10511.
   */
  OTHER_GIB_V0("other-gib-v0", 0.36, 0, 8),

  /**
   * GiB of CUDA graphs, which vLLM takes off since 0.21 unless it runs eagerly: 0.10 to 0.22 in
   * public logs; before, they came on top of what was asked for.
   */
  GRAPHS_GIB("graphs-gib", 0.2, 0, 8),

  /** The same where steps have up to 1,024 sequences: 0.51 to 1.85 on H100, 1.04 on average. */
  GRAPHS_GIB_MANY_SEQUENCES("graphs-gib-many-sequences", 1.04, 0, 8),

  /**
   * Copies of the projection out of the latent, in 16 bits, that absorbed attention keeps beside it
   * (W_UK_T and W_UV of MLACommonImpl, vllm/v1/attention/backends/mla/common.py).
   */
  LATENT_COPIES("latent-copies", 1, 0, 2),

  /**
   * Inputs of experts in mxfp4 are padded to a multiple of this: what logs of gpt-oss-20b and -120b
   * on H100 come to (13.47 and 64.38 GiB). Marlin pads outputs to 128 as well, 65.97 GiB (mxfp4.py
   * of vllm/model_executor/layers/quantization).
   */
  EXPERT_INPUTS_STEP("expert-inputs-step", 256, 1, 1024);

  private final String key;
  private final double usual;
  private final double least;
  private final double most;

  Overhead(String key, double usual, double least, double most) {
    this.key = key;
    this.usual = usual;
    this.least = least;
    this.most = most;
  }

  /** By which it is changed. */
  public String key() {
    return key;
  }

  /** Its value where nobody changes it. */
  public double usual() {
    return usual;
  }

  public double least() {
    return least;
  }

  public double most() {
    return most;
  }

  /** Whether it may have this value; it may not be none. */
  public boolean allows(double value) {
    return value >= least && value <= most;
  }

  public static Optional<Overhead> of(String key) {
    return Arrays.stream(values()).filter(overhead -> overhead.key.equals(key)).findFirst();
  }

  public static String keys() {
    return Arrays.stream(values()).map(Overhead::key).collect(Collectors.joining(", "));
  }
}
