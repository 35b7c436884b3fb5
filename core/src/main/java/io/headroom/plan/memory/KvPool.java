package io.headroom.plan.memory;

import io.headroom.UserException;
import io.headroom.model.LatentHeads;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import io.headroom.model.weights.ModelWeights;

/**
 * What vLLM leaves for the cache on each GPU (determine_available_memory of
 * vllm/v1/worker/gpu_worker.py):
 *
 * <pre>{@code
 * pool = visible x utilisation - weights of the fullest rank - activations - other - graphs
 * activations = max(tokens x 2 x (MLP rows x MLP width of a rank, or its experts' rows,
 *                                 + hidden rows x hidden size),
 *                   sequences x vocabulary x bytes a logit + tokens x 2 x hidden size)
 * }</pre>
 *
 * The activations are those of the trial run that the engine measures: a forward pass over the most
 * tokens of a step, whose last hidden states are then sampled. On H100 the sampler is the peak, and
 * so grows with the vocabulary; before V1 a whole prompt was run, whose MLP was.
 *
 * <p>Errors against logs with known flags: at most 0.1 GiB for dense models on H100 and for V0 on
 * RTX 3090, 0.3 % on A100 and L40S, 1.9 % for Gemma-3 on MI300X, 2.3 % on V100. Not met: 1.5 GiB
 * too much where gpt-oss-120b runs on Marlin, which pads more (see {@link
 * Overhead#EXPERT_INPUTS_STEP}), and 2.7 GiB too little for Mistral-Small-3.2 on H100, whose log
 * has 2.12 GiB of activations where models with as many tokens in their vocabulary have 4.8.
 *
 * @param budgetBytes visible memory times utilisation
 * @param weightsBytes of the fullest rank, what an engine adds included
 * @param bytes what is left; negative where nothing is
 * @param concurrency sequences of the greatest length that it holds; 0 where nothing is left
 * @param blockTokens of a model with one kind of layers; 0 where there are several
 * @param tokens that it holds: of a model with one kind of layers the tokens of its blocks, else
 *     concurrency times the greatest length
 */
public record KvPool(
    long budgetBytes,
    long weightsBytes,
    long activationBytes,
    long otherBytes,
    long bytes,
    double concurrency,
    int blockTokens,
    long tokens) {

  private static final int ACTIVATION_BYTES = 2;

  /** Engines run what was trained in 32 bits in 16. */
  private static final int MOST_NUMBER_BYTES = 2;

  /**
   * @throws UserException if the model cannot be kept in the format, or its blocks are not known
   */
  public static KvPool of(
      ModelSpec model, ModelWeights weights, EngineSetting setting, EngineOverheads overheads) {
    long budget = (long) (setting.visibleBytes() * setting.utilisation());
    long held =
        weights
                .served(MOST_NUMBER_BYTES, (int) overheads.value(Overhead.EXPERT_INPUTS_STEP))
                .bytesPerGpu(setting.ranks())
            + latentCopies(model, setting, overheads);
    long activations = activations(model, weights, setting, overheads);
    long other = other(setting, overheads);
    long left = budget - held - activations - other;
    KvBlocks blocks =
        KvBlocks.of(
            model,
            setting.kvFormat(),
            setting.ranks().tensorParallel(),
            setting.ranks().pipelineParallel(),
            setting.maxModelLen(),
            setting.trialTokens());
    long count = Math.max(0, left) / blocks.blockBytes();
    double concurrency = (double) count / blocks.blocksPerSequence();
    long tokens =
        blocks.blockTokens() > 0
            ? count * blocks.blockTokens()
            : Math.round(concurrency * setting.maxModelLen());
    return new KvPool(
        budget, held, activations, other, left, concurrency, blocks.blockTokens(), tokens);
  }

  private static long latentCopies(
      ModelSpec model, EngineSetting setting, EngineOverheads overheads) {
    double bytes = 0;
    for (LayerSpec layer : model.layers()) {
      if (layer.heads() instanceof LatentHeads latent && layer.holdsKv()) {
        long numbers =
            (long) latent.queryHeads()
                * (latent.plainDim() + latent.valueDim())
                * latent.latentDim();
        bytes += numbers * overheads.value(Overhead.LATENT_COPIES) * ACTIVATION_BYTES;
      }
    }
    return (long) (bytes / setting.ranks().tensorParallel() / setting.ranks().pipelineParallel());
  }

  private static long activations(
      ModelSpec model, ModelWeights weights, EngineSetting setting, EngineOverheads overheads) {
    long rowBytes = (long) setting.trialTokens() * ACTIVATION_BYTES;
    double width = (double) weights.widestMlp() / setting.ranks().tensorParallel();
    double forward =
        rowBytes
            * (Math.max(
                    overheads.value(Overhead.MLP_ROWS) * width, expertRow(model, weights, setting))
                + overheads.value(Overhead.HIDDEN_ROWS) * model.hiddenSize());
    double sampler =
        (double) setting.trialSequences()
                * model.vocabSize()
                * overheads.value(Overhead.SAMPLER_BYTES_PER_LOGIT)
            + (double) rowBytes * model.hiddenSize();
    return Math.round(Math.max(forward, sampler));
  }

  /**
   * What a token takes between the products of its experts: of each gate and up, or in their place
   * its output, and their product (fused_experts_impl of fused_moe.py).
   */
  private static double expertRow(ModelSpec model, ModelWeights weights, EngineSetting setting) {
    double width = (double) weights.expertWidth() / setting.ranks().tensorParallel();
    return weights.expertsPerToken() * (Math.max(2 * width, model.hiddenSize()) + width);
  }

  private static long other(EngineSetting setting, EngineOverheads overheads) {
    boolean several =
        setting.ranks().tensorParallel() > 1 || setting.ranks().pipelineParallel() > 1;
    Overhead other =
        several
            ? Overhead.OTHER_GIB_SEVERAL_GPUS
            : setting.release().isV0() ? Overhead.OTHER_GIB_V0 : Overhead.OTHER_GIB;
    boolean graphs = setting.release().countsGraphs() && !setting.eager();
    return overheads.bytes(other) + (graphs ? overheads.bytes(Overhead.GRAPHS_GIB) : 0);
  }
}
