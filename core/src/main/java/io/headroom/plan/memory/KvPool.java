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
 * }</pre>
 *
 * <p>Activations are those of {@link TrialRun}.
 *
 * <p>Errors against logs with known flags: at most 0.1 GiB for dense models on H100 and for V0 on
 * RTX 3090, 0.3 % on A100 and L40S, 1.9 % for Gemma-3 on MI300X, 1 % on V100. Not met: 1.5 GiB too
 * much where gpt-oss-120b runs on Marlin, which pads more (see {@link
 * Overhead#EXPERT_INPUTS_STEP}), and 2.7 GiB too little for Mistral-Small-3.2 on H100 with 0.11,
 * whose log has 2.12 GiB of activations, as later releases do, where models with as many tokens in
 * their vocabulary have 4.8.
 *
 * @param budgetBytes visible memory times utilisation
 * @param weightsBytes of the fullest rank, what an engine adds included
 * @param trialRun what of the model decides the activations
 * @param bytes what is left; negative where nothing is
 * @param blocks in which a sequence of the greatest length is kept
 * @param length the greatest
 */
public record KvPool(
    long budgetBytes,
    long weightsBytes,
    TrialRun trialRun,
    long activationBytes,
    long otherBytes,
    long bytes,
    KvBlocks blocks,
    int length) {

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
    TrialRun trialRun = TrialRun.of(model, weights);
    long activations = trialRun.bytes(setting, overheads);
    long other = other(setting, overheads);
    KvBlocks blocks =
        KvBlocks.of(
            model,
            setting.kvFormat(),
            setting.ranks(),
            setting.maxModelLen(),
            setting.trialTokens());
    return new KvPool(
        budget,
        held,
        trialRun,
        activations,
        other,
        budget - held - activations - other,
        blocks,
        setting.maxModelLen());
  }

  /**
   * The same weights on the same ranks, where steps are of another size.
   *
   * @throws UserException as of {@link #of}
   */
  public KvPool withSteps(ModelSpec model, EngineSetting setting, EngineOverheads overheads) {
    long activations = trialRun.bytes(setting, overheads);
    KvBlocks other =
        blocks.keepsAll()
            ? blocks
            : KvBlocks.of(
                model, setting.kvFormat(), setting.ranks(), length, setting.trialTokens());
    return new KvPool(
        budgetBytes,
        weightsBytes,
        trialRun,
        activations,
        otherBytes,
        bytes + activationBytes - activations,
        other,
        length);
  }

  /** The same with more or less memory that the engine may take. */
  public KvPool withBudget(long otherBudgetBytes) {
    return new KvPool(
        otherBudgetBytes,
        weightsBytes,
        trialRun,
        activationBytes,
        otherBytes,
        bytes + otherBudgetBytes - budgetBytes,
        blocks,
        length);
  }

  public long blockCount() {
    return Math.max(0, bytes) / blocks.blockBytes();
  }

  /** Sequences of the greatest length that it holds; 0 where nothing is left. */
  public double concurrency() {
    return (double) blockCount() / blocks.blocksPerSequence();
  }

  /**
   * Blocks that a sequence holds while it decodes: what left its windows is given back by then.
   *
   * @param tokens of it
   * @throws UserException as of {@link #of}
   */
  public long decodingBlocks(ModelSpec model, EngineSetting setting, int tokens) {
    return KvBlocks.of(model, setting.kvFormat(), setting.ranks(), tokens, 1).blocksPerSequence();
  }

  /** Of a model with one kind of layers; 0 where there are several. */
  public int blockTokens() {
    return blocks.blockTokens();
  }

  /** Whether all layers keep every position, so that a sequence takes its length in blocks. */
  public boolean keepsAll() {
    return blocks.keepsAll();
  }

  /**
   * That it holds: of a model with one kind of layers the tokens of its blocks, else as many
   * sequences of the greatest length as there is room for, times that.
   */
  public long tokens() {
    return blocks.blockTokens() > 0
        ? blockCount() * blocks.blockTokens()
        : Math.round(concurrency() * length);
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
        bytes += numbers * overheads.value(Overhead.LATENT_COPIES) * TrialRun.ACTIVATION_BYTES;
      }
    }
    return (long) (bytes / setting.ranks().tensorParallel() / setting.ranks().pipelineParallel());
  }

  private static long other(EngineSetting setting, EngineOverheads overheads) {
    boolean graphs = setting.release().countsGraphs() && !setting.eager();
    Overhead ofGraphs =
        setting.manySequences() ? Overhead.GRAPHS_GIB_MANY_SEQUENCES : Overhead.GRAPHS_GIB;
    return overheads.bytes(besideTorch(setting)) + (graphs ? overheads.bytes(ofGraphs) : 0);
  }

  private static Overhead besideTorch(EngineSetting setting) {
    boolean larger = setting.release().isLargerBesideTorch();
    if (setting.ranks().tensorParallel() > 1) {
      return larger ? Overhead.OTHER_GIB_SEVERAL_GPUS_SINCE_18 : Overhead.OTHER_GIB_SEVERAL_GPUS;
    }
    if (setting.ranks().pipelineParallel() > 1) {
      return Overhead.OTHER_GIB_SEVERAL_GPUS;
    }
    if (setting.release().isV0()) {
      return Overhead.OTHER_GIB_V0;
    }
    return larger ? Overhead.OTHER_GIB_SINCE_18 : Overhead.OTHER_GIB;
  }
}
