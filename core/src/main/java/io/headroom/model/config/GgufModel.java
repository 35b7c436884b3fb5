package io.headroom.model.config;

import io.headroom.MessageLine;
import io.headroom.UserException;
import io.headroom.model.EntryCache;
import io.headroom.model.FixedState;
import io.headroom.model.FurtherCaches;
import io.headroom.model.GroupedHeads;
import io.headroom.model.HeadLayout;
import io.headroom.model.LatentHeads;
import io.headroom.model.LayerKind;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the metadata of a GGUF file say of attention, read as llama.cpp reads them
 * (llama-hparams.cpp and llama-model.cpp of github.com/ggml-org/llama.cpp). Its states are kept in
 * float32.
 */
final class GgufModel {
  private static final String ARCHITECTURE = "general.architecture";
  private static final int STATE_BYTES = Float.BYTES;

  /** One layer in so many is full where the file does not say; the last of each group. */
  private static final Map<String, Integer> SLIDING_PATTERN =
      Map.of(
          "gemma2", 2, "gemma3", 6, "gemma3n", 5, "cohere2", 4, "gpt-oss", 2, "olmo2", 4, "exaone4",
          4);

  /** Architectures with attention alone, every layer alike. */
  private static final Set<String> PLAIN =
      Set.of(
          "llama",
          "mistral3",
          "qwen",
          "qwen2",
          "qwen2moe",
          "qwen2vl",
          "qwen3",
          "qwen3moe",
          "qwen3vl",
          "qwen3vlmoe",
          "falcon",
          "gpt2",
          "gptj",
          "gptneox",
          "mpt",
          "starcoder",
          "starcoder2",
          "bloom",
          "stablelm",
          "phi2",
          "phimoe",
          "plamo",
          "orion",
          "internlm2",
          "minicpm",
          "gemma",
          "command-r",
          "dbrx",
          "olmo",
          "olmoe",
          "openelm",
          "arctic",
          "deepseek",
          "deepseek2",
          "chatglm",
          "glm4",
          "glm4moe",
          "nemotron",
          "deci",
          "exaone",
          "granite",
          "granitemoe",
          "bailingmoe",
          "bailingmoe2",
          "smollm3",
          "dots1",
          "arcee",
          "ernie4_5",
          "ernie4_5-moe",
          "hunyuan-moe",
          "hunyuan-dense",
          "seed_oss",
          "grok",
          "minicpm3",
          "xverse",
          "baichuan",
          "refact",
          "codeshell",
          "jais",
          "apertus",
          "minimax-m2",
          "phi3");

  /** Those with a state in layers without KV heads, by the shape of the state. */
  private static final Set<String> MAMBA = Set.of("mamba", "jamba");

  private static final Set<String> MAMBA2 =
      Set.of("mamba2", "granitehybrid", "nemotron_h", "nemotron_h_moe", "plamo2", "falcon-h1");
  private static final Set<String> GATED_DELTA = Set.of("qwen3next", "qwen35", "qwen35moe");
  private static final String LFM2 = "lfm2";
  private static final String LFM2_MOE = "lfm2moe";
  private static final String KIMI_LINEAR = "kimi-linear";

  private final GgufMetadata metadata;
  private final String architecture;
  private final Set<String> used = new HashSet<>();

  private GgufModel(GgufMetadata metadata) {
    this.metadata = metadata;
    Object name = metadata.values().get(ARCHITECTURE);
    if (!(name instanceof String text)) {
      throw new UserException(
          "%s: %s is missing; the name of an architecture is needed"
              .formatted(metadata.file(), ARCHITECTURE));
    }
    this.architecture = text;
  }

  /**
   * @throws UserException as {@link GgufMetadata#read} says
   */
  static GgufModel read(Path file) {
    return new GgufModel(GgufMetadata.read(file));
  }

  /**
   * @throws UserException if a value is missing or not allowed, or the architecture or a key is not
   *     known
   */
  ModelSpec model(ReadingOptions options) {
    requireDecoder();
    boolean known = isKnown();
    if (!known && !options.assumePlain()) {
      throw wrong(
          ARCHITECTURE,
          architecture,
          "is not known, so what its layers keep is not either; near it: %s; --assume-plain computes as for plain attention and says so"
              .formatted(String.join(", ", NearNames.of(architecture, all()))));
    }
    int drafts = (int) number("nextn_predict_layers", 0, DecoderConfig.MOST_LAYERS).orElse(0);
    int count = (int) required("block_count", DecoderConfig.MOST_LAYERS) - drafts;
    if (count < 1) {
      throw wrong(key("nextn_predict_layers"), drafts, "must leave a layer");
    }
    List<LayerSpec> layers = layers(count);
    List<String> unused = unused();
    if (!unused.isEmpty() && !options.assumePlain()) {
      throw wrong(
          unused.get(0),
          metadata.values().get(unused.get(0)),
          "is not known in a model of architecture %s, and may change what its layers keep; --assume-plain computes without it and says so"
              .formatted(architecture));
    }
    return new ModelSpec(
        ModelNames.of(metadata.file()),
        (int) required("embedding_length", 1 << 24),
        (int) number("vocab_size", 1, Integer.MAX_VALUE).orElse(0),
        (int) number("context_length", 1, Integer.MAX_VALUE).orElse(0),
        layers,
        known ? unused : UnusedKeys.with(ARCHITECTURE, unused));
  }

  private void requireDecoder() {
    Object type = metadata.values().get("general.type");
    if ("adapter".equals(type)) {
      throw new UserException(
          metadata.file() + " is a LoRA adapter; the GGUF file of its base model is needed");
    }
    if ("mmproj".equals(type) || architecture.equals("clip")) {
      throw new UserException(
          metadata.file() + " is a projector of images; the GGUF file of the decoder is needed");
    }
    Object part = metadata.values().get("split.no");
    if (part instanceof Long number && number > 0) {
      throw new UserException(
          "%s is part %d of a model; its first part has the metadata"
              .formatted(metadata.file(), number + 1));
    }
  }

  private boolean isKnown() {
    return all().contains(architecture);
  }

  private static SortedSet<String> all() {
    SortedSet<String> all = new TreeSet<>(PLAIN);
    all.addAll(SLIDING_PATTERN.keySet());
    all.addAll(MAMBA);
    all.addAll(MAMBA2);
    all.addAll(GATED_DELTA);
    all.addAll(Set.of(LFM2, LFM2_MOE, KIMI_LINEAR, "gemma4", "llama4", "mimo2", "step35", "afmoe"));
    return all;
  }

  private List<LayerSpec> layers(int count) {
    if (architecture.equals("mamba") || architecture.equals("mamba2")) {
      FixedState state = state();
      return EveryLayer.of(count, layer -> stateful(GroupedHeads.NONE, state));
    }
    List<Integer> queryHeads = perLayer("attention.head_count", count, 0);
    List<Integer> kvHeads = perLayer("attention.head_count_kv", count, -1);
    long window = number("attention.sliding_window", 0, Integer.MAX_VALUE).orElse(0);
    List<Boolean> sliding = sliding(count, window);
    int shared = (int) number("attention.shared_kv_layers", 0, count - 1).orElse(0);
    int chunk = architecture.equals("llama4") ? chunk() : 0;
    FixedState state = state();
    boolean parallel = architecture.equals("falcon-h1");
    OptionalLong interval = number("full_attention_interval", 1, DecoderConfig.MOST_LAYERS);
    List<Boolean> feedForward = feedForwardOnly(count);
    List<LayerSpec> layers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int queries = Math.max(1, queryHeads.get(i));
      int heads = kvHeads.get(i) < 0 ? queries : kvHeads.get(i);
      boolean attends =
          heads > 0 && (!GATED_DELTA.contains(architecture) || (i + 1) % interval.orElse(4) == 0);
      if (!attends) {
        FixedState kept = feedForward.get(i) ? FixedState.NONE : state;
        layers.add(stateful(GroupedHeads.NONE, kept));
        continue;
      }
      HeadLayout layout = layout(queries, heads, sliding.get(i));
      int seen = sliding.get(i) ? (int) window : 0;
      LayerKind kind = seen > 0 ? LayerKind.SLIDING : LayerKind.FULL;
      if (chunk > 0 && (i + 1) % 4 != 0) {
        kind = LayerKind.CHUNKED;
        seen = chunk;
      }
      if (i >= count - shared) {
        kind = LayerKind.SHARED;
      }
      FurtherCaches further = parallel ? FurtherCaches.state(state) : indexer();
      layers.add(new LayerSpec(kind, layout, seen, 0, layout.defaultScale()).with(further));
    }
    return layers;
  }

  private LayerSpec stateful(GroupedHeads heads, FixedState state) {
    return new LayerSpec(LayerKind.LINEAR, heads, 0, 0, heads.defaultScale())
        .with(FurtherCaches.state(state));
  }

  private FurtherCaches indexer() {
    OptionalLong channels = number("attention.indexer.key_length", 1, DecoderConfig.MOST_CHANNELS);
    return channels.isEmpty()
        ? FurtherCaches.NONE
        : FurtherCaches.entries(new EntryCache(1, (int) channels.getAsLong(), 0));
  }

  private HeadLayout layout(int queryHeads, int kvHeads, boolean sliding) {
    OptionalLong rank = number("attention.kv_lora_rank", 1, DecoderConfig.MOST_CHANNELS);
    OptionalLong latentKey = number("attention.key_length_mla", 1, DecoderConfig.MOST_CHANNELS);
    OptionalLong latentValue = number("attention.value_length_mla", 1, DecoderConfig.MOST_CHANNELS);
    int keyDim = headDim("attention.key_length", sliding, queryHeads);
    int valueDim = headDim("attention.value_length", sliding, queryHeads);
    if (rank.isPresent() && latentKey.isPresent() && latentValue.isPresent()) {
      int latent = (int) rank.getAsLong();
      int rotary = keyDim - latent;
      return new LatentHeads(
          queryHeads,
          latent,
          rotary,
          (int) latentKey.getAsLong() - rotary,
          (int) latentValue.getAsLong());
    }
    if (queryHeads % kvHeads != 0) {
      throw wrong(
          key("attention.head_count_kv"),
          kvHeads,
          "must divide the %d query heads".formatted(queryHeads));
    }
    return new GroupedHeads(queryHeads, kvHeads, keyDim, valueDim);
  }

  private int headDim(String key, boolean sliding, int queryHeads) {
    OptionalLong ofSliding = number(key + "_swa", 1, DecoderConfig.MOST_CHANNELS);
    OptionalLong stated = number(key, 1, DecoderConfig.MOST_CHANNELS);
    if (sliding && ofSliding.isPresent()) {
      return (int) ofSliding.getAsLong();
    }
    return (int) stated.orElseGet(() -> required("embedding_length", 1 << 24) / queryHeads);
  }

  private int chunk() {
    return (int) number("attention.chunk_size", 1, Integer.MAX_VALUE).orElse(8192);
  }

  /** Whether each layer has the window. */
  private List<Boolean> sliding(int count, long window) {
    String name = "attention.sliding_window_pattern";
    Object stated = metadata.values().get(key(name));
    used.add(key(name));
    List<Boolean> sliding = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sliding.add(window > 0 && slides(name, stated, i));
    }
    return sliding;
  }

  private boolean slides(String name, Object stated, int layer) {
    if (stated instanceof List<?> list && layer < list.size()) {
      Object value = list.get(layer);
      return value instanceof Boolean flag ? flag : value instanceof Long number && number != 0;
    }
    if (stated instanceof List<?> list) {
      throw wrong(key(name), list.size(), "must have a value for each layer");
    }
    long period =
        stated instanceof Long number
            ? number
            : SLIDING_PATTERN.getOrDefault(architecture, 0).longValue();
    return period == 0 || (layer + 1) % period != 0;
  }

  /** Layers of Nemotron-H that are neither attention nor recurrence. */
  private List<Boolean> feedForwardOnly(int count) {
    List<Integer> widths = perLayer("feed_forward_length", count, 0);
    boolean apart = architecture.startsWith("nemotron_h");
    return widths.stream().map(width -> apart && width > 0).toList();
  }

  private FixedState state() {
    if (architecture.equals(LFM2) || architecture.equals(LFM2_MOE)) {
      return StateShapes.shortConvolution(
          (int) required("embedding_length", 1 << 24),
          (int) required("shortconv.l_cache", 1 << 16),
          STATE_BYTES);
    }
    if (architecture.equals(KIMI_LINEAR)) {
      List<Integer> heads = perLayer("attention.head_count", 1, 0);
      return StateShapes.kimiDelta(
          heads.get(0),
          (int) required("kda.head_dim", 1 << 16),
          (int) required("ssm.conv_kernel", 1 << 16),
          STATE_BYTES,
          STATE_BYTES);
    }
    boolean mamba = MAMBA.contains(architecture);
    if (!mamba && !MAMBA2.contains(architecture) && !GATED_DELTA.contains(architecture)) {
      return FixedState.NONE;
    }
    long inner = required("ssm.inner_size", 1 << 24);
    long stateSize = required("ssm.state_size", 1 << 16);
    long kernel = required("ssm.conv_kernel", 1 << 16);
    long groups = mamba ? 0 : number("ssm.group_count", 0, 1 << 16).orElse(0);
    used.add(key("ssm.time_step_rank"));
    long convolved = inner + 2 * groups * stateSize;
    return FixedState.of(
        new FixedState.Part(1, ((kernel - 1) * convolved + stateSize * inner) * STATE_BYTES));
  }

  /** One number for all layers, or a list with one each. */
  private List<Integer> perLayer(String name, int count, int otherwise) {
    Object value = metadata.values().get(key(name));
    used.add(key(name));
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Object number = value instanceof List<?> list && i < list.size() ? list.get(i) : value;
      if (number == null) {
        numbers.add(otherwise);
      } else if (number instanceof Long integer && integer >= 0 && integer <= 1 << 24) {
        numbers.add(integer.intValue());
      } else {
        throw wrong(key(name), value, "must be an integer, or a list with one for each layer");
      }
    }
    return numbers;
  }

  private long required(String name, long most) {
    return number(name, 1, most)
        .orElseThrow(
            () ->
                new UserException(
                    "%s: %s is missing; an integer from 1 to %d is needed"
                        .formatted(metadata.file(), key(name), most)));
  }

  private OptionalLong number(String name, long least, long most) {
    String key = key(name);
    used.add(key);
    Object value = metadata.values().get(key);
    if (value == null) {
      return OptionalLong.empty();
    }
    if (value instanceof Long number && number >= least && number <= most) {
      return OptionalLong.of(number);
    }
    throw wrong(key, value, "must be an integer from %d to %d".formatted(least, most));
  }

  private String key(String name) {
    return architecture + "." + name;
  }

  /** Keys of the architecture that speak of what layers keep and that no rule has used. */
  private List<String> unused() {
    return metadata.values().keySet().stream()
        .filter(key -> key.startsWith(architecture + ".") && !used.contains(key))
        .filter(key -> matters(key.substring(architecture.length() + 1)))
        .toList();
  }

  private static boolean matters(String name) {
    return !GgufKeys.WITHOUT_EFFECT.matcher(name).matches()
        && KeysWithoutEffect.matters("", name.replace('.', '_'));
  }

  private UserException wrong(String key, Object value, String allowed) {
    return new UserException(
        "%s: %s %s: %s"
            .formatted(
                metadata.file(), key, allowed, MessageLine.shortened(String.valueOf(value), 60)));
  }
}
