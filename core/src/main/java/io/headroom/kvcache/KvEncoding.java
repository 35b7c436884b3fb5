package io.headroom.kvcache;

import java.util.Optional;

/** One way of keeping numbers; as a format, that of keys and values alike. */
public sealed interface KvEncoding extends KvFormat permits KvPrecision, CountedEncoding {

  @Override
  default KvEncoding key() {
    return this;
  }

  @Override
  default KvEncoding value() {
    return this;
  }

  @Override
  int groupTokens();

  /** Exact bytes of the keys of {@code tokens} positions of one head. */
  long keyBytes(int channels, long tokens);

  /** Exact bytes of the values of {@code tokens} positions of one head. */
  long valueBytes(int channels, long tokens);

  /** Exact bytes of rows that are no head's, such as latent ones: keys and values in one. */
  long rowBytes(int channels, long rows);

  /** Why heads of so many channels cannot be kept so, in one line; empty if they can. */
  Optional<String> unsupportedHead(int channels);

  /** Why rows of so many channels cannot be kept so, in one line; empty if they can. */
  Optional<String> unsupportedRow(int channels);
}
