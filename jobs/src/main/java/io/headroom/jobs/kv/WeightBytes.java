package io.headroom.jobs.kv;

import io.headroom.model.config.ConfiguredModel;
import io.headroom.model.weights.DecoderWeights;
import io.headroom.model.weights.ModelWeights;
import io.headroom.model.weights.RankLayout;
import java.util.List;

/**
 * What the weights of a model take.
 *
 * @param format how they are kept, such as {@code bfloat16}
 * @param bytes of the checkpoint
 * @param bytesPerGpu of the fullest GPU
 * @param uncounted parts that are not in these numbers
 */
record WeightBytes(
    long parameters, String format, long bytes, long bytesPerGpu, List<String> uncounted) {

  /**
   * @throws io.headroom.UserException if the weights of the model are not known, or it has fewer
   *     layers than stages
   */
  static WeightBytes of(ConfiguredModel configured, RankLayout ranks) {
    ModelWeights weights = DecoderWeights.of(configured);
    return new WeightBytes(
        weights.parameters(),
        weights.format().label(),
        weights.bytes(),
        weights.bytesPerGpu(ranks),
        weights.uncounted());
  }
}
