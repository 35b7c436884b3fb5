package io.headroom.plan.memory;

import io.headroom.model.ModelSpec;
import io.headroom.model.weights.ModelWeights;

/**
 * The run that an engine measures its activations with: a forward pass over the most tokens of a
 * step, whose last hidden states are then sampled.
 *
 * <pre>{@code
 * activations = max(tokens x 2 x (MLP rows x MLP width of a rank, or its experts' rows,
 *                                 + hidden rows x hidden size),
 *                   sequences x vocabulary x bytes a logit + tokens x 2 x hidden size)
 * }</pre>
 *
 * On H100 the sampler is the peak, and so grows with the vocabulary; before V1 a whole prompt was
 * run, whose MLP was. Since 0.17 the sampler takes less than half, and the workspace of the experts
 * and the outputs for images stay:
 *
 * <pre>{@code
 * activations = tokens x 2 x (experts a token x (larger of 2 widths and hidden size
 *                                                + larger of width and hidden size)
 *                             + hidden size of images)
 *               + max(MLP and hidden rows as above without experts, sampler)
 * }</pre>
 *
 * @param hiddenSize numbers of a token between layers
 * @param vocabulary logits of a token
 * @param mlpWidth of the widest MLP that every token goes through; 0 if there is none
 * @param expertWidth of an expert; 0 if there is none
 * @param expertsOfToken to which each token is sent
 * @param keepsWorkspace whether kernels of experts keep any, which those for mxfp4 do not
 * @param hasImages whether there is an encoder for images
 */
public record TrialRun(
    int hiddenSize,
    int vocabulary,
    long mlpWidth,
    long expertWidth,
    int expertsOfToken,
    boolean keepsWorkspace,
    boolean hasImages) {
  static final int ACTIVATION_BYTES = 2;

  static TrialRun of(ModelSpec model, ModelWeights weights) {
    return new TrialRun(
        model.hiddenSize(),
        model.vocabSize(),
        weights.widestMlp(),
        weights.expertWidth(),
        weights.expertsPerToken(),
        !weights.format().isMxfp4(),
        !weights.tower().isEmpty());
  }

  long bytes(EngineSetting setting, EngineOverheads overheads) {
    EngineRelease release = setting.release();
    int tensorRanks = setting.ranks().tensorParallel();
    double rowBytes = (double) setting.trialTokens() * ACTIVATION_BYTES;
    double mlpRow = overheads.value(Overhead.MLP_ROWS) * mlpWidth / tensorRanks;
    Overhead logit =
        release.sortsLogits()
            ? Overhead.SAMPLER_BYTES_PER_LOGIT
            : Overhead.SAMPLER_BYTES_PER_LOGIT_SINCE_17;
    double sampler =
        (double) setting.trialSequences() * vocabulary * overheads.value(logit)
            + rowBytes * hiddenSize;
    double width = (double) expertWidth / tensorRanks;
    if (release.sortsLogits()) {
      double forward =
          rowBytes
              * (Math.max(mlpRow, expertRow(width))
                  + overheads.value(Overhead.HIDDEN_ROWS) * hiddenSize);
      return Math.round(Math.max(forward, sampler));
    }
    double forward =
        rowBytes * (mlpRow + overheads.value(Overhead.HIDDEN_ROWS_SINCE_17) * hiddenSize);
    double kept = rowBytes * (workspaceRow(width) + (hasImages ? hiddenSize : 0));
    return Math.round(kept + Math.max(forward, sampler));
  }

  /**
   * What later releases keep for the experts of a token, beside everything else: the two workspaces
   * of a modular kernel, of which the first takes gate and up, the second their product, and either
   * the output (workspace_shapes of TritonExperts).
   */
  private double workspaceRow(double width) {
    return keepsWorkspace
        ? expertsOfToken * (Math.max(2 * width, hiddenSize) + Math.max(width, hiddenSize))
        : 0;
  }

  /**
   * What a token takes between the products of its experts: of each gate and up, or in their place
   * its output, and their product (fused_experts_impl of fused_moe.py).
   */
  private double expertRow(double width) {
    return expertsOfToken * (Math.max(2 * width, hiddenSize) + width);
  }
}
