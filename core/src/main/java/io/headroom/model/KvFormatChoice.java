package io.headroom.model;

import io.headroom.kvcache.CountedEncoding;
import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import java.util.Objects;
import java.util.Optional;

/**
 * The format in which a cache is counted, and what of a configuration chose it.
 *
 * @param key that says so, such as {@code quantization_config.kv_cache_scheme}; empty where a user
 *     asked for the format, or nothing is said
 */
public record KvFormatChoice(KvFormat format, Optional<String> key) {
  /** What serving engines keep where nothing is said. */
  public static final KvFormatChoice UNSAID =
      new KvFormatChoice(KvPrecision.BF16, Optional.empty());

  public KvFormatChoice {
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(key, "key");
  }

  public static KvFormatChoice asked(KvFormat format) {
    return new KvFormatChoice(format, Optional.empty());
  }

  public static KvFormatChoice fp8(String key) {
    return new KvFormatChoice(KvPrecision.FP8, Optional.of(key));
  }

  public static KvFormatChoice nvfp4(String key) {
    return new KvFormatChoice(CountedEncoding.NVFP4, Optional.of(key));
  }

  public String label() {
    return format.label();
  }
}
