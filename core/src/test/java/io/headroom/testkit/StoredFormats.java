package io.headroom.testkit;

import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import java.util.stream.Stream;

/** Formats that caches of engines keep, for parameterised tests. */
public final class StoredFormats {
  private StoredFormats() {}

  /**
   * Every precision, and mixes in which each kind of tile meets each other kind: float32, halves,
   * e4m3, integers.
   */
  public static Stream<KvFormat> all() {
    return Stream.concat(Stream.of(KvPrecision.values()), mixes());
  }

  /** Keys and values apart. */
  public static Stream<KvFormat> mixes() {
    return Stream.of("int8/int4", "f16/int8", "bf16/fp8", "f32/int8", "fp8/f32")
        .map(label -> KvFormat.named(label).orElseThrow());
  }
}
