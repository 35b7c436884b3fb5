package io.headroom.model;

import io.headroom.CanonicalText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * What tells a model from others: all that its configuration says, and not its name. Two files that
 * say the same are one model.
 */
public final class ModelIdentity {
  private static final int VERSION = 1;
  private static final int BYTES = 16;

  private ModelIdentity() {}

  /** A hash of {@link #text}, 32 hexadecimal digits. */
  public static String of(ModelSpec model) {
    return text(model).fingerprint(BYTES);
  }

  /** Each kind of layer once, and how they follow each other: {@code 5x0001 1x0002 ...}. */
  static CanonicalText text(ModelSpec model) {
    CanonicalText text =
        new CanonicalText("model", VERSION)
            .put("hidden_channels", model.hiddenSize())
            .put("most_position_tokens", model.maxPositions())
            .put("vocabulary_tokens", model.vocabSize());
    Map<LayerSpec, String> kinds = new LinkedHashMap<>();
    for (LayerSpec layer : model.layers()) {
      kinds.computeIfAbsent(layer, kind -> CanonicalText.number(kinds.size() + 1));
    }
    kinds.forEach((layer, number) -> describe(text, "layer." + number, layer));
    return text.put("layers", runs(model.layers(), kinds));
  }

  private static void describe(CanonicalText text, String key, LayerSpec layer) {
    text.put(key + ".keeps", keeps(layer.kind()))
        .put(key + ".window_tokens", layer.window())
        .put(key + ".sink_tokens", layer.sinks())
        .put(key + ".softmax_scale", layer.scale());
    if (layer.heads() instanceof LatentHeads latent) {
      text.put(key + ".heads", "latent")
          .put(key + ".query_heads", latent.queryHeads())
          .put(key + ".latent_channels", latent.latentDim())
          .put(key + ".rotary_channels", latent.rotaryDim())
          .put(key + ".plain_channels", latent.plainDim())
          .put(key + ".value_channels", latent.valueDim());
      return;
    }
    GroupedHeads grouped = (GroupedHeads) layer.heads();
    text.put(key + ".heads", "grouped")
        .put(key + ".query_heads", grouped.queryHeads())
        .put(key + ".kv_heads", grouped.kvHeads())
        .put(key + ".key_channels", grouped.headDim())
        .put(key + ".value_channels", grouped.valueDim());
  }

  /** Words of its own: an enumeration's constant may be renamed, what was hashed may not. */
  private static String keeps(LayerKind kind) {
    return switch (kind) {
      case FULL -> "every_position";
      case SLIDING -> "last_positions";
      case LINEAR -> "state";
      case SHARED -> "nothing";
    };
  }

  private static String runs(List<LayerSpec> layers, Map<LayerSpec, String> kinds) {
    StringJoiner runs = new StringJoiner(" ");
    int begin = 0;
    for (int i = 1; i <= layers.size(); i++) {
      if (i == layers.size() || !layers.get(i).equals(layers.get(begin))) {
        runs.add((i - begin) + "x" + kinds.get(layers.get(begin)));
        begin = i;
      }
    }
    return runs.toString();
  }
}
