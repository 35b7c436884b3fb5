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

  /**
   * The same of what is measured: models that differ in their states of fixed size alone are one.
   * Ids of cells are made of it.
   */
  public static String ofAttention(ModelSpec model) {
    return of(model.withoutStates());
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
    // What most models do not have is named only where it is, so that their identities stay.
    if (!model.assumed().isEmpty()) {
      text.put("assumed_without", String.join(" ", model.assumed()));
    }
    return text.put("layers", runs(model.layers(), kinds));
  }

  private static void describe(CanonicalText text, String key, LayerSpec layer) {
    text.put(key + ".keeps", keeps(layer.kind()))
        .put(key + ".window_tokens", layer.window())
        .put(key + ".sink_tokens", layer.sinks())
        .put(key + ".softmax_scale", layer.scale());
    describe(text, key, layer.further());
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

  private static void describe(CanonicalText text, String key, FurtherCaches further) {
    List<EntryCache> entries = further.entries();
    for (int i = 0; i < entries.size(); i++) {
      String entry = key + ".entries." + CanonicalText.number(i + 1);
      text.put(entry + ".tokens_per_entry", entries.get(i).tokensPerEntry())
          .put(entry + ".channels", entries.get(i).channels())
          .put(entry + ".fixed_bytes", entries.get(i).fixedBytes());
    }
    if (further.crossPositions() > 0) {
      text.put(key + ".cross_positions", further.crossPositions());
    }
    List<FixedState.Part> parts = further.state().parts();
    for (int i = 0; i < parts.size(); i++) {
      String part = key + ".state." + CanonicalText.number(i + 1);
      text.put(part + ".units", parts.get(i).units())
          .put(part + ".bytes_per_unit", parts.get(i).bytesPerUnit());
    }
  }

  /** Words of its own: an enumeration's constant may be renamed, what was hashed may not. */
  private static String keeps(LayerKind kind) {
    return switch (kind) {
      case FULL -> "every_position";
      case SLIDING -> "last_positions";
      case CHUNKED -> "positions_of_a_chunk";
      case LINEAR -> "state";
      case SHARED -> "nothing";
      case CROSS -> "positions_of_an_encoder";
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
