package io.headroom.kvcache;

import java.io.Serializable;
import java.util.Comparator;
import java.util.Optional;

/**
 * How a cache keeps its keys and how it keeps its values: in one encoding, or in two. Known by one
 * text everywhere: {@code int8} where both are the same, {@code int8/int4} where they differ.
 */
public sealed interface KvFormat extends Serializable permits KvEncoding, SplitFormat {

  KvEncoding key();

  KvEncoding value();

  /** The text that configurations and tables use. */
  String label();

  /**
   * Tokens whose keys share their scales: bytes are those of the numbers kept, without a part of a
   * group, where tokens are a multiple. 1 where none do.
   */
  default int groupTokens() {
    return Math.max(key().groupTokens(), value().groupTokens());
  }

  /** Whether keys and values are each of a {@link KvPrecision}: what an engine here can keep. */
  default boolean isOfPrecisions() {
    return key() instanceof KvPrecision && value() instanceof KvPrecision;
  }

  /**
   * What stands for it where the rows of a latent layer are expanded to keys and values of heads:
   * fp8 for {@link CountedEncoding#FP8_DS_MLA}, which is a layout of rows; otherwise itself.
   */
  default KvFormat ofExpandedHeads() {
    return this == CountedEncoding.FP8_DS_MLA ? KvPrecision.FP8 : this;
  }

  static KvFormat of(KvEncoding key, KvEncoding value) {
    return key == value ? key : new SplitFormat(key, value);
  }

  /** The format with this text, in any case, or with a name that frameworks have for it. */
  static Optional<KvFormat> named(String text) {
    return KvFormatNames.named(text);
  }

  /** As messages list them; formats of other keys first, then of other values. */
  static Comparator<KvFormat> inOrder() {
    return Comparator.comparingInt(KvFormatNames::rank);
  }

  /** What is allowed, for messages. */
  static String labels() {
    return KvFormatNames.labels();
  }
}
