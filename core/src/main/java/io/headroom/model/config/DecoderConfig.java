package io.headroom.model.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.headroom.UserException;
import io.headroom.json.JsonDocument;
import io.headroom.model.FixedState;
import io.headroom.model.FurtherCaches;
import io.headroom.model.GroupedHeads;
import io.headroom.model.HeadLayout;
import io.headroom.model.LayerKind;
import io.headroom.model.LayerSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A decoder's configuration as the rules of families read it: what all have in common, and which
 * keys have been read, so that those that no rule has used can be told.
 */
final class DecoderConfig {
  static final int MOST_LAYERS = 4096;
  static final int MOST_HEADS = 1 << 16;
  static final int MOST_CHANNELS = 1 << 16;
  static final int MOST_STATE_CHANNELS = 1 << 24;
  private static final int MOST_HIDDEN_SIZE = 1 << 24;

  private static final List<String> HIDDEN_SIZE =
      List.of("hidden_size", "n_embd", "n_embed", "d_model", "model_dim", "dim");
  private static final List<String> QUERY_HEADS =
      List.of("num_attention_heads", "n_head", "n_heads", "num_heads");
  private static final List<String> LAYERS =
      List.of("num_hidden_layers", "n_layer", "n_layers", "num_layers");
  private static final List<String> KV_HEADS =
      List.of("num_key_value_heads", "num_kv_heads", "n_head_kv", "n_kv_heads");

  /** Bytes of a number by its name in PyTorch; two where nothing is said. */
  private static final Map<String, Integer> BYTES =
      Map.of("float32", 4, "float", 4, "bfloat16", 2, "float16", 2, "half", 2);

  private static final int DEFAULT_BYTES = 2;

  /** Families that scale queries by their norms and leave the scores as they are. */
  private static final Set<String> UNSCALED = Set.of("gemma3n_text", "gemma4_text");

  private final String type;
  private final JsonDocument document;
  private final JsonDocument whole;
  private final ReadingOptions options;
  private final Set<String> used = new HashSet<>();
  private final List<DecoderConfig> opened = new ArrayList<>();

  /**
   * @param type {@code model_type}; empty if there is none
   * @param document the decoder's object
   * @param whole the file that it is in
   */
  DecoderConfig(String type, JsonDocument document, JsonDocument whole, ReadingOptions options) {
    this.type = type;
    this.document = document;
    this.whole = whole;
    this.options = options;
    used.add("model_type");
  }

  String type() {
    return type;
  }

  ReadingOptions options() {
    return options;
  }

  JsonDocument document() {
    return document;
  }

  /** Keys with a value that no rule has read, with the objects that they are in. */
  List<UnusedKey> unused() {
    List<UnusedKey> unused = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : document.values().properties()) {
      if (!used.contains(entry.getKey())) {
        unused.add(new UnusedKey(document.path(), entry.getKey(), entry.getValue()));
      }
    }
    for (DecoderConfig within : opened) {
      unused.addAll(within.unused());
    }
    return unused;
  }

  boolean has(String key) {
    used.add(key);
    return document.has(key);
  }

  OptionalInt integer(String key, int least, int most) {
    used.add(key);
    return document.integer(key, least, most);
  }

  /** One integer that goes by several names. */
  OptionalInt integer(List<String> keys, int least, int most) {
    used.addAll(keys);
    return document.integer(keys, least, most);
  }

  int required(String key, int least, int most) {
    return integer(key, least, most)
        .orElseThrow(
            () ->
                document.missing(key, "an integer from %d to %d is needed".formatted(least, most)));
  }

  boolean flag(String key, boolean otherwise) {
    used.add(key);
    return document.flag(key).orElse(otherwise);
  }

  Optional<String> text(String key) {
    used.add(key);
    return document.text(key);
  }

  Optional<List<String>> texts(String key) {
    used.add(key);
    return document.texts(key);
  }

  Optional<List<Integer>> integers(String key, int least, int most) {
    used.add(key);
    return document.integers(key, least, most);
  }

  Optional<DecoderConfig> object(String key) {
    used.add(key);
    return document.object(key).map(this::opened);
  }

  /** What the file says of the tower for images. */
  Optional<DecoderConfig> vision() {
    return whole
        .object("vision_config")
        .map(object -> new DecoderConfig(type, object, whole, options));
  }

  Optional<List<DecoderConfig>> objects(String key) {
    used.add(key);
    return document.objects(key).map(objects -> objects.stream().map(this::opened).toList());
  }

  private DecoderConfig opened(JsonDocument object) {
    DecoderConfig config = new DecoderConfig(type, object, whole, options);
    opened.add(config);
    return config;
  }

  UserException wrong(String key, String allowed) {
    return document.wrong(key, allowed);
  }

  UserException missing(String key, String allowed) {
    return document.missing(key, allowed);
  }

  /** The name under which a value that goes by several is given. */
  private String nameIn(List<String> keys) {
    return keys.stream().filter(document::has).findFirst().orElse(keys.get(0));
  }

  private int required(List<String> keys, int most) {
    return integer(keys, 1, most)
        .orElseThrow(
            () ->
                document.missing(keys.get(0), "an integer from 1 to %d is needed".formatted(most)));
  }

  int layerCount() {
    return required(LAYERS, MOST_LAYERS);
  }

  int hiddenSize() {
    return required(HIDDEN_SIZE, MOST_HIDDEN_SIZE);
  }

  int queryHeads() {
    return required(QUERY_HEADS, MOST_HEADS);
  }

  /** Tokens of the vocabulary; 0 where nobody says. Llama-2 writes -1 for what is found later. */
  int vocabSize() {
    OptionalInt size = integer("vocab_size", -1, Integer.MAX_VALUE);
    return Math.max(
        0,
        size.isPresent()
            ? size.getAsInt()
            : integer("padded_vocab_size", 0, Integer.MAX_VALUE).orElse(0));
  }

  /** The most positions that are stated; what does not fit a number says nothing. */
  int maxPositions() {
    for (String key :
        List.of("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length")) {
      used.add(key);
      JsonNode value = document.values().path(key);
      if (value.isIntegralNumber() && value.canConvertToInt() && value.intValue() > 0) {
        return value.intValue();
      }
    }
    return 0;
  }

  /** Channels of a head: as stated, else hidden size over heads. A head dim of 0 is not stated. */
  int headDim(int queryHeads) {
    OptionalInt stated = channels("head_dim");
    if (stated.isPresent()) {
      return stated.getAsInt();
    }
    int hiddenSize = hiddenSize();
    if (hiddenSize % queryHeads != 0) {
      throw document.wrong(
          nameIn(HIDDEN_SIZE),
          "must be a multiple of the %d query heads, or head_dim be given".formatted(queryHeads));
    }
    return hiddenSize / queryHeads;
  }

  /** The same of a family that has a name of its own for the channels, which comes first. */
  int headDim(String ownName, int queryHeads) {
    OptionalInt stated = channels(ownName);
    return stated.isPresent() ? stated.getAsInt() : headDim(queryHeads);
  }

  /** So many channels; absent, null or 0 for none. */
  OptionalInt channels(String key) {
    OptionalInt value = integer(key, 0, MOST_CHANNELS);
    return value.orElse(0) == 0 ? OptionalInt.empty() : value;
  }

  int kvHeads(int queryHeads) {
    OptionalInt stated = integer(KV_HEADS, 1, MOST_HEADS);
    return requireDivisor(nameIn(KV_HEADS), stated.orElse(queryHeads), queryHeads);
  }

  int requireDivisor(String key, int kvHeads, int queryHeads) {
    if (queryHeads % kvHeads != 0) {
      throw document.wrong(key, "must divide the %d query heads".formatted(queryHeads));
    }
    return kvHeads;
  }

  /** Query heads, KV heads and channels by the names that most families use. */
  GroupedHeads heads() {
    int queryHeads = queryHeads();
    int headDim = headDim(queryHeads);
    int valueDim = channels("v_head_dim").orElse(headDim);
    return new GroupedHeads(queryHeads, kvHeads(queryHeads), headDim, valueDim);
  }

  /** So many query heads with the KV heads that most families name, keys and values alike. */
  GroupedHeads grouped(int queryHeads, int headDim) {
    return new GroupedHeads(queryHeads, kvHeads(queryHeads), headDim, headDim);
  }

  /** An integer from 1 to {@link #MOST_CHANNELS}. */
  int positive(String key, int otherwise) {
    return positive(List.of(key), otherwise);
  }

  /** The same of a number that goes by several names. */
  int positive(List<String> keys, int otherwise) {
    return integer(keys, 1, MOST_CHANNELS).orElse(otherwise);
  }

  /**
   * Checks that no layer is listed as of another kind than these.
   *
   * @param kinds the name for messages first
   */
  void requireLayersOf(String... kinds) {
    List<String> allowed = List.of(kinds);
    texts("layer_types").stream()
        .flatMap(List::stream)
        .filter(kind -> !allowed.contains(kind))
        .findFirst()
        .ifPresent(
            kind -> {
              throw wrong(
                  "layer_types",
                  "may have %s alone in a model of type %s, not %s"
                      .formatted(allowed.get(0), type, kind));
            });
  }

  /** A number of positions; absent, null, 0 and -1 for none. */
  OptionalInt positions(String key) {
    OptionalInt value = integer(key, -1, Integer.MAX_VALUE);
    return value.orElse(0) <= 0 ? OptionalInt.empty() : value;
  }

  /** A list with at least one value for every layer; what follows, as of draft layers, is left. */
  <T> List<T> oneALayer(String key, List<T> values, int layers) {
    if (values.size() < layers) {
      throw document.wrong(
          key, "must have %d values, one a layer, not %d".formatted(layers, values.size()));
    }
    return values.subList(0, layers);
  }

  /** One integer a layer, see {@link #oneALayer}. */
  List<Integer> integersALayer(String key, int least, int most, int layers, String needed) {
    return integers(key, least, most)
        .map(list -> oneALayer(key, list, layers))
        .orElseThrow(() -> missing(key, needed));
  }

  /** Numbers of layers, from 0; empty if they are not listed. */
  Optional<Set<Integer>> layerNumbers(String key) {
    return integers(key, 0, layerCount() - 1).map(HashSet::new);
  }

  /** Bytes of a number of the first of these keys that is given, else of the weights. */
  int numberBytes(String... keys) {
    for (String key : keys) {
      Optional<String> name = text(key);
      if (name.isPresent() && !name.get().equals("auto")) {
        return bytesOf(key, name.get());
      }
    }
    return List.of("dtype", "torch_dtype").stream()
        .flatMap(key -> text(key).map(name -> bytesOf(key, name)).stream())
        .findFirst()
        .orElse(DEFAULT_BYTES);
  }

  private int bytesOf(String key, String name) {
    Integer bytes = BYTES.get(name.replaceFirst("^torch\\.", ""));
    if (bytes == null) {
      throw document.wrong(key, "must be float32, bfloat16 or float16 where a state is kept in it");
    }
    return bytes;
  }

  LayerSpec full(HeadLayout heads) {
    return new LayerSpec(LayerKind.FULL, heads, 0, 0, scale(heads));
  }

  LayerSpec sliding(HeadLayout heads, int window) {
    return new LayerSpec(LayerKind.SLIDING, heads, window, 0, scale(heads));
  }

  LayerSpec chunked(HeadLayout heads, int chunk) {
    return new LayerSpec(LayerKind.CHUNKED, heads, chunk, 0, scale(heads));
  }

  /** A layer that attends to what another one keeps. */
  LayerSpec shared(HeadLayout heads, int window) {
    return new LayerSpec(LayerKind.SHARED, heads, window, 0, scale(heads));
  }

  /** A layer that attends to so many positions of an encoder or of images alone. */
  LayerSpec cross(HeadLayout heads, int positions) {
    return new LayerSpec(LayerKind.CROSS, heads, 0, 0, scale(heads))
        .with(FurtherCaches.cross(positions));
  }

  /** A layer without keys and values. */
  LayerSpec without(HeadLayout heads, FixedState state) {
    return new LayerSpec(LayerKind.LINEAR, heads, 0, 0, scale(heads))
        .with(FurtherCaches.state(state));
  }

  float scale(HeadLayout heads) {
    if (has("query_pre_attn_scalar")) {
      double scalar = document.positiveNumber("query_pre_attn_scalar").getAsDouble();
      return requireFloat("query_pre_attn_scalar", 1 / Math.sqrt(scalar));
    }
    if (has("attention_multiplier")) {
      double multiplier = document.positiveNumber("attention_multiplier").getAsDouble();
      return requireFloat("attention_multiplier", multiplier);
    }
    return UNSCALED.contains(type) ? 1 : heads.defaultScale();
  }

  private float requireFloat(String key, double scale) {
    if (scale > Float.MAX_VALUE || (float) scale == 0) {
      throw document.wrong(key, "must give a softmax scale within the range of a float");
    }
    return (float) scale;
  }
}
