package io.headroom.jobs.kv;

import io.headroom.model.GroupedHeads;
import io.headroom.model.ModelSpec;
import java.util.Optional;

/** How the heads of a model go over GPUs that share its layers. */
final class HeadSplit {
  private HeadSplit() {}

  /**
   * What engines do where the heads cannot be split evenly: vLLM and SGLang refuse to start unless
   * the GPUs divide the query heads, and unless GPUs and KV heads divide one another; where there
   * are more GPUs than KV heads they keep each on several. Empty where nothing is to be said.
   */
  static Optional<String> warning(ModelSpec model, int tensorParallel) {
    if (!model.holdsKv() || !(model.leadingLayer().heads() instanceof GroupedHeads heads)) {
      return Optional.empty();
    }
    boolean queriesSplit = heads.queryHeads() % tensorParallel == 0;
    boolean keysSplit =
        heads.kvHeads() % tensorParallel == 0 || tensorParallel % heads.kvHeads() == 0;
    if (queriesSplit && keysSplit) {
      return Optional.empty();
    }
    return Optional.of(
        "%s: %d GPUs do not split %d query heads and %d KV heads evenly: vLLM and SGLang refuse that; the bytes are those of the fullest GPU if an engine splits them as evenly as they go"
            .formatted(model.name(), tensorParallel, heads.queryHeads(), heads.kvHeads()));
  }
}
