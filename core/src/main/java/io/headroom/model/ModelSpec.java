package io.headroom.model;

import io.headroom.UserException;
import io.headroom.kvcache.KvPrecision;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the attention of a decoder costs: its layers, as its configuration states them.
 *
 * @param name the name by which users know it
 * @param hiddenSize channels of a hidden state
 * @param vocabSize tokens of the vocabulary; 0 if not stated
 * @param maxPositions the most positions that it was built for; 0 if not stated
 * @param layers from the first to the last; at least one holds keys and values
 */
public record ModelSpec(
    String name, int hiddenSize, int vocabSize, int maxPositions, List<LayerSpec> layers)
    implements Serializable {

  /** The longest sequence whose bytes are counted; a power of two. */
  public static final long MOST_TOKENS = 1L << 32;

  /** The most memory that {@link #tokensThatFit} fills. */
  public static final long MOST_BYTES = 1L << 56;

  public ModelSpec {
    Objects.requireNonNull(name, "name");
    layers = shared(List.copyOf(layers));
    if (layers.stream().noneMatch(LayerSpec::holdsKv)) {
      throw new IllegalArgumentException(name + " has no layer that holds keys and values");
    }
  }

  /** The first layer that holds keys and values, the one whose heads name the model's layout. */
  public LayerSpec leadingLayer() {
    return layers.stream().filter(LayerSpec::holdsKv).findFirst().orElseThrow();
  }

  /** Query heads of the leading layer. */
  public int queryHeads() {
    return leadingLayer().heads().queryHeads();
  }

  /** KV heads of the leading layer; 1 for MLA. */
  public int kvHeads() {
    return leadingLayer().heads().shape().kvHeads();
  }

  /** Channels of a key of the leading layer; for MLA of a latent row. */
  public int headDim() {
    return leadingLayer().heads().shape().headDim();
  }

  /** MHA, MQA or MLA where all attending layers are; otherwise GQA. */
  public AttentionVariant variant() {
    List<AttentionVariant> variants =
        layers.stream()
            .filter(LayerSpec::attends)
            .map(layer -> layer.heads().variant())
            .distinct()
            .toList();
    return variants.size() == 1 ? variants.get(0) : AttentionVariant.GQA;
  }

  /**
   * The model with {@code kvHeads} KV heads in every layer; an MLA model's keys and values are
   * expanded for it.
   *
   * @throws UserException if they do not divide the query heads
   */
  public ModelSpec withKvHeads(int kvHeads) {
    for (LayerSpec layer : layers) {
      int queryHeads = layer.heads().queryHeads();
      if (kvHeads < 1 || queryHeads % kvHeads != 0) {
        throw new UserException(
            "%s: kv-heads must divide the %d query heads (%s): %d"
                .formatted(name, queryHeads, divisors(queryHeads), kvHeads));
      }
    }
    return withLayers(layer -> layer.withKvHeads(kvHeads));
  }

  /** The same model by another name. */
  public ModelSpec withName(String other) {
    return new ModelSpec(other, hiddenSize, vocabSize, maxPositions, layers);
  }

  /** The model with one KV head for every query head. */
  public ModelSpec asMha() {
    return withLayers(layer -> layer.withKvHeads(layer.heads().queryHeads()));
  }

  /** The model with one KV head a layer. */
  public ModelSpec asMqa() {
    return withLayers(layer -> layer.withKvHeads(1));
  }

  /**
   * The model with no layer seeing more than the last {@code size} positions and the first {@code
   * sinks} (StreamingLLM, arXiv 2309.17453). Layers whose own window is no wider keep it.
   *
   * @throws UserException if the size is below 1 or the sinks are negative
   */
  public ModelSpec withWindow(int size, int sinks) {
    if (size < 1) {
      throw new UserException("%s: window size must be at least 1: %d".formatted(name, size));
    }
    if (sinks < 0) {
      throw new UserException("%s: window sinks must be at least 0: %d".formatted(name, sinks));
    }
    return withLayers(layer -> layer.withWindow(size, sinks));
  }

  /**
   * Bytes that one more token takes while no window is full. For the integer precisions the mean
   * over a group of {@link KvPrecision#GROUP_SIZE} tokens, rounded up.
   */
  public long kvBytesPerToken(KvPrecision precision) {
    long group = precision.isQuantised() ? KvPrecision.GROUP_SIZE : 1;
    long bytes =
        layers.stream()
            .filter(LayerSpec::holdsKv)
            .mapToLong(layer -> layer.heads().kvBytes(precision, group))
            .sum();
    return (bytes + group - 1) / group;
  }

  /**
   * Exact bytes of the keys and values of one sequence of {@code tokens} positions, all layers:
   * numbers and scales, no padding.
   *
   * @throws UserException if {@code tokens} is not between 0 and {@link #MOST_TOKENS}
   */
  public long kvBytes(long tokens, KvPrecision precision) {
    return sum(tokens, layer -> layer.kvBytes(tokens, precision));
  }

  /**
   * Exact bytes of one sequence on one of {@code tensorParallel} GPUs. The fullest rank holds
   * {@code ceil(kvHeads / tensorParallel)} heads, so that heads are replicated where there are more
   * GPUs than heads; a latent row is on every rank.
   *
   * @throws UserException if {@code tokens} is out of range or {@code tensorParallel} is below 1
   */
  public long kvBytesPerGpu(long tokens, KvPrecision precision, int tensorParallel) {
    if (tensorParallel < 1) {
      throw new UserException(
          "%s: tensor parallelism must be at least 1: %d".formatted(name, tensorParallel));
    }
    return sum(tokens, layer -> layer.kvBytesOnRank(tokens, precision, tensorParallel));
  }

  /**
   * The longest sequence whose keys and values fit in {@code bytes}; {@link #MOST_TOKENS} if more
   * would fit, as they do when every layer is windowed.
   *
   * @throws UserException if {@code bytes} is not between 0 and {@link #MOST_BYTES}
   */
  public long tokensThatFit(long bytes, KvPrecision precision) {
    return tokensThatFit(bytes, precision, 1);
  }

  /**
   * The same where each of {@code tensorParallel} GPUs has so many bytes for its share, see {@link
   * #kvBytesPerGpu}.
   *
   * @throws UserException if {@code bytes} is not between 0 and {@link #MOST_BYTES}, or {@code
   *     tensorParallel} is below 1
   */
  public long tokensThatFit(long bytes, KvPrecision precision, int tensorParallel) {
    if (bytes < 0 || bytes > MOST_BYTES) {
      throw new UserException(
          "%s: bytes must be between 0 and %d: %d".formatted(name, MOST_BYTES, bytes));
    }
    long tooMany = 1;
    while (tooMany <= MOST_TOKENS && kvBytesPerGpu(tooMany, precision, tensorParallel) <= bytes) {
      tooMany *= 2;
    }
    if (tooMany > MOST_TOKENS) {
      return MOST_TOKENS;
    }
    long fits = tooMany / 2;
    while (tooMany - fits > 1) {
      long middle = (fits + tooMany) / 2;
      if (kvBytesPerGpu(middle, precision, tensorParallel) <= bytes) {
        fits = middle;
      } else {
        tooMany = middle;
      }
    }
    return fits;
  }

  private long sum(long tokens, ToLongFunction<LayerSpec> bytesOfLayer) {
    if (tokens < 0 || tokens > MOST_TOKENS) {
      throw new UserException(
          "%s: tokens must be between 0 and %d: %d".formatted(name, MOST_TOKENS, tokens));
    }
    try {
      return layers.stream().mapToLong(bytesOfLayer).reduce(0, Math::addExact);
    } catch (ArithmeticException e) {
      throw new UserException(
          "%s: KV bytes must stay below 2^63, %d tokens take more".formatted(name, tokens), e);
    }
  }

  /**
   * The same with equal layers as one object: a model has many layers of few kinds, and a plan many
   * models that travel to where they are measured.
   */
  private static List<LayerSpec> shared(List<LayerSpec> layers) {
    Map<LayerSpec, LayerSpec> kinds = new HashMap<>();
    return layers.stream().map(layer -> kinds.computeIfAbsent(layer, same -> same)).toList();
  }

  private ModelSpec withLayers(UnaryOperator<LayerSpec> change) {
    return new ModelSpec(
        name, hiddenSize, vocabSize, maxPositions, layers.stream().map(change).toList());
  }

  private static String divisors(int number) {
    return IntStream.rangeClosed(1, number)
        .filter(divisor -> number % divisor == 0)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(", "));
  }
}
