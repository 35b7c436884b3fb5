package io.headroom.plan.search;

import io.headroom.kvcache.KvFormat;
import io.headroom.model.ModelSpec;
import io.headroom.model.weights.ModelWeights;
import java.io.Serializable;

/**
 * A model with its KV heads and window as they are asked for.
 *
 * @param heads as they were asked for, such as {@code model}, {@code mha} or {@code 4}
 * @param window of all layers, as asked for; 0: the model's own
 * @param sinks that a window keeps
 * @param spec with those heads and that window
 * @param mha the same model with a KV head for every query head, and its own windows
 * @param weights of the checkpoint, with those heads
 */
public record ModelVariant(
    String heads, int window, int sinks, ModelSpec spec, ModelSpec mha, ModelWeights weights)
    implements Serializable {

  /** Of the bytes of an MHA in bf16, the part that is saved after so many tokens. */
  public double kvSaving(KvFormat format, KvFormat plain, long tokens) {
    return 1 - (double) spec.kvBytes(tokens, format) / mha.kvBytes(tokens, plain);
  }
}
