package io.headroom.model.config;

import io.headroom.model.LayerSpec;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Layers by their number. */
final class EveryLayer {
  private EveryLayer() {}

  /** As many as the configuration says. */
  static List<LayerSpec> of(DecoderConfig config, IntFunction<LayerSpec> layer) {
    return of(config.layerCount(), layer);
  }

  static List<LayerSpec> of(int count, IntFunction<LayerSpec> layer) {
    return IntStream.range(0, count).mapToObj(layer).toList();
  }
}
