package io.headroom.plan.search;

import io.headroom.UserException;
import io.headroom.model.LayerSpec;
import io.headroom.plan.time.Parallelism;
import java.io.Serializable;

/**
 * How many ranks share a model, as asked for.
 *
 * @param expert ranks that share whole experts; 1: experts are split as all else is
 */
public record ParallelChoice(int tensor, int pipeline, int expert, int attentionData)
    implements Serializable {

  public int accelerators() {
    return tensor * pipeline * attentionData;
  }

  /**
   * @throws UserException if the model cannot be divided so
   */
  Parallelism of(ModelVariant variant) {
    int ranks = tensor * attentionData;
    boolean hasExperts = variant.weights().expertsPerToken() > 0;
    if (!hasExperts && (expert > 1 || attentionData > 1)) {
      throw new UserException(
          "expert and attention-data parallelism are of models with experts: %d, %d"
              .formatted(expert, attentionData));
    }
    if (ranks % expert != 0) {
      throw new UserException(
          "expert must divide tensor x attention-data: %d, %d x %d"
              .formatted(expert, tensor, attentionData));
    }
    for (LayerSpec layer : variant.spec().layers()) {
      if (layer.attends() && layer.heads().queryHeads() % tensor != 0) {
        throw new UserException(
            "%d query heads cannot be divided among %d ranks"
                .formatted(layer.heads().queryHeads(), tensor));
      }
    }
    return new Parallelism(tensor, pipeline, attentionData, ranks / expert, expert);
  }
}
