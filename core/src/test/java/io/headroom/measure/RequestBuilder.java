package io.headroom.measure;

import io.headroom.attention.Attention;
import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import java.util.List;

/** Requests that differ in a few points from a small float32 one with a cache. */
final class RequestBuilder {
  private final List<Attention> layers;
  private KvFormat precision = KvPrecision.F32;
  private boolean kvCache = true;
  private int promptTokens = 20;
  private int outputTokens = 5;
  private long seed = 42;
  private int minSamples = 1;
  private long budgetNanos;
  private boolean verify;

  RequestBuilder(Attention... layers) {
    this.layers = List.of(layers);
  }

  RequestBuilder in(KvFormat precision) {
    this.precision = precision;
    return this;
  }

  RequestBuilder withoutCache() {
    kvCache = false;
    return this;
  }

  RequestBuilder tokens(int prompt, int output) {
    promptTokens = prompt;
    outputTokens = output;
    return this;
  }

  RequestBuilder seed(long seed) {
    this.seed = seed;
    return this;
  }

  RequestBuilder samples(int least, long budgetNanos) {
    minSamples = least;
    this.budgetNanos = budgetNanos;
    return this;
  }

  RequestBuilder verified() {
    verify = true;
    return this;
  }

  SequenceRequest build() {
    return new SequenceRequest(
        layers,
        precision,
        kvCache,
        promptTokens,
        outputTokens,
        seed,
        1,
        minSamples,
        budgetNanos,
        verify);
  }
}
