package io.headroom.model.config;

import io.headroom.model.FixedState;
import io.headroom.model.HeadLayout;
import io.headroom.model.LayerSpec;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Layers by their number. */
final class EveryLayer {
  private EveryLayer() {}

  /** As many as the configuration says. */
  static List<LayerSpec> of(DecoderConfig config, IntFunction<LayerSpec> layer) {
    return of(config.layerCount(), layer);
  }

  /** Those that attend keep every position, the others the state. */
  static List<LayerSpec> attending(
      DecoderConfig config, HeadLayout heads, FixedState state, IntPredicate attends) {
    return of(
        config, layer -> attends.test(layer) ? config.full(heads) : config.without(heads, state));
  }

  static List<LayerSpec> of(int count, IntFunction<LayerSpec> layer) {
    return IntStream.range(0, count).mapToObj(layer).toList();
  }
}
