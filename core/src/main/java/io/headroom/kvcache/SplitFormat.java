package io.headroom.kvcache;

import java.util.Objects;

/** Keys and values in different encodings; see {@link KvFormat#of}. */
record SplitFormat(KvEncoding key, KvEncoding value) implements KvFormat {
  SplitFormat {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(value, "value");
    if (key == value) {
      throw new IllegalArgumentException("keys and values are both in " + key.label());
    }
  }

  @Override
  public String label() {
    return key.label() + KvFormatNames.SEPARATOR + value.label();
  }
}
