package io.headroom.plan.search;

import io.headroom.UserException;
import io.headroom.model.LayerSpec;
import io.headroom.plan.time.Parallelism;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

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
   * @throws UserException if the model cannot be divided so, with all that is against it
   */
  Parallelism of(ModelVariant variant) {
    int ranks = tensor * attentionData;
    List<String> complaints = new ArrayList<>();
    undivided(variant)
        .ifPresent(
            heads ->
                complaints.add(
                    "%d query heads cannot be divided among %d ranks".formatted(heads, tensor)));
    boolean hasExperts = variant.weights().expertsPerToken() > 0;
    if (!hasExperts && (expert > 1 || attentionData > 1)) {
      complaints.add(
          "expert and attention-data parallelism are of models with experts: %d, %d"
              .formatted(expert, attentionData));
    } else if (ranks % expert != 0) {
      complaints.add(
          "expert must divide tensor x attention-data: %d, %d x %d"
              .formatted(expert, tensor, attentionData));
    }
    if (!complaints.isEmpty()) {
      throw new UserException(String.join("; ", complaints));
    }
    return new Parallelism(tensor, pipeline, attentionData, ranks / expert, expert);
  }

  /** The query heads of the first layer whose heads are not as many for every rank. */
  private OptionalInt undivided(ModelVariant variant) {
    return variant.spec().layers().stream()
        .filter(LayerSpec::attends)
        .mapToInt(layer -> layer.heads().queryHeads())
        .filter(heads -> heads % tensor != 0)
        .findFirst();
  }
}
