package io.headroom.kvcache;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The texts of {@link KvFormat}s. */
final class KvFormatNames {
  /** Between keys and values that are kept apart. */
  static final String SEPARATOR = "/";

  /** Those that engines here keep first. */
  private static final List<KvEncoding> ENCODINGS =
      Stream.<KvEncoding>concat(
              Arrays.stream(KvPrecision.values()), Arrays.stream(CountedEncoding.values()))
          .toList();

  /** What PyTorch, NumPy and the options of serving engines call them. */
  private static final Map<String, String> OTHER_NAMES =
      Map.of(
          "fp32", "f32",
          "float32", "f32",
          "fp16", "f16",
          "float16", "f16",
          "half", "f16",
          "bfloat16", "bf16",
          "fp8_e4m3", "fp8",
          "fp8_per_token_head", "fp8-per-token-head");

  private KvFormatNames() {}

  static Optional<KvFormat> named(String text) {
    String[] names = text.strip().toLowerCase(Locale.ROOT).split(SEPARATOR, -1);
    if (names.length > 2) {
      return Optional.empty();
    }
    Optional<KvEncoding> key = encoding(names[0]);
    Optional<KvEncoding> value = encoding(names[names.length - 1]);
    return key.flatMap(keys -> value.map(values -> KvFormat.of(keys, values)));
  }

  private static Optional<KvEncoding> encoding(String name) {
    String label = OTHER_NAMES.getOrDefault(name, name);
    return ENCODINGS.stream().filter(encoding -> encoding.label().equals(label)).findFirst();
  }

  static String labels() {
    return ENCODINGS.stream().map(KvFormat::label).collect(Collectors.joining(", "))
        + ", or two as K/V, such as int8/int4";
  }

  /** Where a format stands among all, those of engines here first; keys decide before values. */
  static int rank(KvFormat format) {
    return ENCODINGS.indexOf(format.key()) * ENCODINGS.size() + ENCODINGS.indexOf(format.value());
  }
}
