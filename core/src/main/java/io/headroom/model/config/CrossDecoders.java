package io.headroom.model.config;

import io.headroom.model.FurtherCaches;
import io.headroom.model.GroupedHeads;
import io.headroom.model.LayerSpec;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Decoders that attend to an encoder or to images besides: keys and values of their positions are
 * kept once for a sequence, and do not grow with it.
 */
final class CrossDecoders {
  private CrossDecoders() {}

  /**
   * Llama-3.2-Vision (MllamaTextConfig): {@code cross_attention_layers} keep keys and values of the
   * images alone.
   */
  static List<LayerSpec> mllama(DecoderConfig config) {
    GroupedHeads heads = config.heads();
    Set<Integer> crossing =
        config.layerNumbers("cross_attention_layers").orElse(Set.of(3, 8, 13, 18, 23, 28, 33, 38));
    int images = config.options().images();
    int positions = images == 0 ? 0 : Math.multiplyExact(images, imagePositions(config));
    return EveryLayer.of(
        config,
        layer -> crossing.contains(layer) ? config.cross(heads, positions) : config.full(heads));
  }

  /** Patches and a class position, of as many tiles as an image may have. */
  private static int imagePositions(DecoderConfig config) {
    DecoderConfig vision =
        config
            .vision()
            .orElseThrow(
                () ->
                    config.missing("vision_config", "the size of an image is needed for --images"));
    int side =
        vision.required("image_size", 1, 1 << 16) / vision.required("patch_size", 1, 1 << 16);
    int tiles = vision.integer("max_num_tiles", 1, 1 << 16).orElse(4);
    return tiles * (side * side + 1);
  }

  /** Whisper: the encoder has {@code max_source_positions}. */
  static List<LayerSpec> whisper(DecoderConfig config) {
    return bart(config, config.integer("max_source_positions", 1, 1 << 24));
  }

  /**
   * BART and its kin: {@code decoder_layers} of {@code decoder_attention_heads}. What the file
   * calls {@code num_hidden_layers} is the encoder's.
   */
  static List<LayerSpec> bart(DecoderConfig config) {
    return bart(config, config.integer("max_position_embeddings", 1, 1 << 24));
  }

  private static List<LayerSpec> bart(DecoderConfig config, OptionalInt mostEncoderTokens) {
    int queryHeads = config.required("decoder_attention_heads", 1, DecoderConfig.MOST_HEADS);
    int hiddenSize = config.hiddenSize();
    if (hiddenSize % queryHeads != 0) {
      throw config.wrong(
          "decoder_attention_heads", "must divide the hidden size of %d".formatted(hiddenSize));
    }
    int headDim = hiddenSize / queryHeads;
    for (String key :
        List.of(
            "num_hidden_layers",
            "num_attention_heads",
            "encoder_attention_heads",
            "encoder_layers")) {
      config.has(key);
    }
    GroupedHeads heads = new GroupedHeads(queryHeads, queryHeads, headDim, headDim);
    return crossing(
        config,
        config.required("decoder_layers", 1, DecoderConfig.MOST_LAYERS),
        heads,
        mostEncoderTokens);
  }

  /** T5: {@code d_kv} channels a head, whatever the hidden size; an encoder of any length. */
  static List<LayerSpec> t5(DecoderConfig config) {
    int queryHeads = config.required("num_heads", 1, DecoderConfig.MOST_HEADS);
    int headDim = config.integer("d_kv", 1, DecoderConfig.MOST_CHANNELS).orElse(64);
    int encoderLayers = config.required("num_layers", 1, DecoderConfig.MOST_LAYERS);
    int layers =
        config.integer("num_decoder_layers", 1, DecoderConfig.MOST_LAYERS).orElse(encoderLayers);
    GroupedHeads heads = new GroupedHeads(queryHeads, queryHeads, headDim, headDim);
    return crossing(config, layers, heads, OptionalInt.empty());
  }

  private static List<LayerSpec> crossing(
      DecoderConfig config, int layers, GroupedHeads heads, OptionalInt mostEncoderTokens) {
    if (!config.flag("is_encoder_decoder", true)) {
      return EveryLayer.of(layers, layer -> config.full(heads));
    }
    OptionalInt given = config.options().encoderTokens();
    int tokens =
        (given.isPresent() ? given : mostEncoderTokens)
            .orElseThrow(
                () ->
                    config.missing(
                        "max_source_positions",
                        "the encoder's length is not limited, say it by --encoder-tokens"));
    return EveryLayer.of(layers, layer -> config.full(heads).with(FurtherCaches.cross(tokens)));
  }
}
