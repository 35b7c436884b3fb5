package io.headroom.jobs.sweep.cost;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The two kinds of work whose time is measured. */
enum Phase {
  PREFILL,
  DECODE;

  /** What a step of decoding is: without a cache it is a prefill. */
  static Phase ofDecode(boolean kvCache) {
    return kvCache ? DECODE : PREFILL;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Phase> named(String label) {
    return Arrays.stream(values()).filter(phase -> phase.label().equals(label)).findFirst();
  }
}
