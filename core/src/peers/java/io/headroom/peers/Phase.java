package io.headroom.peers;

import java.util.Locale;

/** Whether a whole prompt attends to itself, or one new token to all that are cached. */
enum Phase {
  PREFILL,
  DECODE;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
