package io.headroom.model.config;

import io.headroom.json.JsonDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which keys matter to what layers keep, and which are known not to: {@code
 * keys-without-effect.json}, each with the reason.
 */
final class KeysWithoutEffect {

  /** Words of keys that speak of attention, heads, kinds of layers, windows, caches or states. */
  private static final Set<String> WORDS =
      Set.of(
          "attention",
          "attentions",
          "attn",
          "attns",
          "block",
          "blocks",
          "cache",
          "caches",
          "chunk",
          "chunked",
          "chunks",
          "cla",
          "compress",
          "compressed",
          "compression",
          "conv",
          "cross",
          "delta",
          "global",
          "gqa",
          "head",
          "heads",
          "hybrid",
          "index",
          "indexer",
          "kda",
          "kv",
          "latent",
          "lightning",
          "linear",
          "local",
          "loop",
          "loops",
          "lru",
          "mamba",
          "mixer",
          "mixers",
          "mla",
          "mqa",
          "pattern",
          "qk",
          "recurrence",
          "recurrent",
          "retention",
          "rnn",
          "rwkv",
          "share",
          "shared",
          "sharing",
          "sink",
          "sinks",
          "sliding",
          "sparse",
          "ssm",
          "state",
          "states",
          "swa",
          "ut",
          "window",
          "windows",
          "wkv");

  private static final Set<String> NAMES = Set.of("layer_types", "kv_lora_rank", "v_head_dim");

  private static final List<Entry> ENTRIES = entries();

  private KeysWithoutEffect() {}

  /** Whether a key speaks of what layers keep. */
  static boolean matters(String type, String key) {
    return speaksOfCaches(key) && reason(type, key).isEmpty();
  }

  private static boolean speaksOfCaches(String key) {
    if (NAMES.contains(key)) {
      return true;
    }
    for (String word : key.toLowerCase(Locale.ROOT).split("_", -1)) {
      if (WORDS.contains(word)) {
        return true;
      }
    }
    return false;
  }

  /** Why a key has no effect, where that is known. */
  static Optional<String> reason(String type, String key) {
    return ENTRIES.stream()
        .filter(entry -> entry.types().isEmpty() || entry.types().contains(type))
        .filter(entry -> entry.keys().matcher(key).matches())
        .map(Entry::reason)
        .findFirst();
  }

  private static List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (JsonDocument entry :
        JsonDocument.resources(KeysWithoutEffect.class, "keys-without-effect.json")) {
      entries.add(
          new Entry(
              entry.text("reason").orElseThrow(),
              Set.copyOf(entry.texts("types").orElse(List.of())),
              Pattern.compile(String.join("|", entry.texts("keys").orElseThrow()))));
    }
    return List.copyOf(entries);
  }

  /**
   * @param types of models that it is true for; none for all
   */
  private record Entry(String reason, Set<String> types, Pattern keys) {}
}
