package io.headroom.model;

import io.headroom.Rounding;
import io.headroom.UserException;
import io.headroom.kvcache.KvFormat;
import java.io.Serializable;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.math3.util.ArithmeticUtils;

/**
 * What the attention of a decoder costs: its layers, as its configuration states them.
 *
 * @param name the name by which users know it
 * @param hiddenSize channels of a hidden state
 * @param vocabSize tokens of the vocabulary; 0 if not stated
 * @param maxPositions the most positions that it was built for; 0 if not stated
 * @param layers from the first to the last, a layer that runs several times as often as it keeps
 *     keys and values; at least one keeps something
 * @param assumed keys of its configuration that no rule has used, though they speak of what layers
 *     keep: it was computed as if they were not there; mostly none
 */
public record ModelSpec(
    String name,
    int hiddenSize,
    int vocabSize,
    int maxPositions,
    List<LayerSpec> layers,
    List<String> assumed)
    implements Serializable {

  /** The longest sequence whose bytes are counted; a power of two. */
  public static final long MOST_TOKENS = 1L << 32;

  /** The most memory that {@link #tokensThatFit} fills. */
  public static final long MOST_BYTES = 1L << 56;

  public ModelSpec {
    Objects.requireNonNull(name, "name");
    layers = shared(List.copyOf(layers));
    assumed = List.copyOf(assumed);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException(name + " has no layers");
    }
  }

  /** A model of which nothing had to be assumed. */
  public ModelSpec(
      String name, int hiddenSize, int vocabSize, int maxPositions, List<LayerSpec> layers) {
    this(name, hiddenSize, vocabSize, maxPositions, layers, List.of());
  }

  /** Whether a layer keeps keys and values; false for a pure state space model. */
  public boolean holdsKv() {
    return layers.stream().anyMatch(LayerSpec::holdsKv);
  }

  /** Why its attention cannot be measured; empty if it can. */
  public Optional<String> unmeasurable() {
    if (!holdsKv()) {
      return Optional.of("keeps no keys and values");
    }
    if (layers.stream().noneMatch(LayerSpec::isMeasurable)) {
      return Optional.of("attends in chunks alone, for which engines have no mask");
    }
    boolean compresses =
        layers.stream()
            .flatMap(layer -> layer.further().entries().stream())
            .anyMatch(entries -> entries.channels() > 0);
    return compresses
        ? Optional.of("attends to compressed positions, for which engines have no kernel")
        : Optional.empty();
  }

  /** Why what it keeps cannot be kept in this format, in one line; empty if it can. */
  public Optional<String> unsupported(KvFormat format) {
    return layers.stream().flatMap(layer -> layer.unsupported(format).stream()).findFirst();
  }

  private void requireSupported(KvFormat format) {
    unsupported(format)
        .ifPresent(
            reason -> {
              throw new UserException(
                  "%s: precision %s: %s".formatted(name, format.label(), reason));
            });
  }

  /**
   * The first layer that holds keys and values, the one whose heads name the model's layout.
   *
   * @throws java.util.NoSuchElementException if there is {@linkplain #holdsKv() none}
   */
  public LayerSpec leadingLayer() {
    return layers.stream().filter(LayerSpec::holdsKv).findFirst().orElseThrow();
  }

  /** Query heads of the leading layer. */
  public int queryHeads() {
    return leadingLayer().heads().queryHeads();
  }

  /** KV heads of the leading layer; 1 for MLA, 0 if no layer has any. */
  public int kvHeads() {
    return holdsKv() ? leadingLayer().heads().shape().kvHeads() : 0;
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
    return new ModelSpec(other, hiddenSize, vocabSize, maxPositions, layers, assumed);
  }

  /** The model without what does not grow with a sequence. */
  ModelSpec withoutStates() {
    return withLayers(LayerSpec::withoutState);
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
   * over a group of {@link KvFormat#groupTokens} tokens, and where positions are compressed over
   * those of an entry, rounded up.
   *
   * @throws UserException if the model cannot be kept in the format
   */
  public long kvBytesPerToken(KvFormat format) {
    requireSupported(format);
    long group = format.groupTokens();
    for (LayerSpec layer : layers) {
      for (EntryCache entries : layer.further().entries()) {
        group = ArithmeticUtils.lcm(group, entries.tokensPerEntry());
      }
    }
    long bytes = 0;
    for (LayerSpec layer : layers) {
      bytes += layer.kvBytes(group, group, format);
    }
    return Rounding.ceilDivide(bytes, group);
  }

  /**
   * Exact bytes of what one sequence keeps that does not grow with it, all layers: states, and the
   * keys and values of an encoder or of images.
   *
   * @throws UserException if the model cannot be kept in the format
   */
  public long stateBytes(KvFormat format) {
    return stateBytesPerGpu(format, 1);
  }

  /**
   * Exact bytes of the same on the fullest of {@code tensorParallel} GPUs.
   *
   * @throws UserException if the model cannot be kept in the format
   */
  public long stateBytesPerGpu(KvFormat format, int tensorParallel) {
    requireSupported(format);
    return layers.stream().mapToLong(layer -> layer.stateBytesOnRank(format, tensorParallel)).sum();
  }

  /**
   * Exact bytes of the keys and values of one sequence of {@code tokens} positions, all layers:
   * numbers and scales, no padding.
   *
   * @throws UserException if {@code tokens} is not between 0 and {@link #MOST_TOKENS}, or the model
   *     cannot be kept in the format
   */
  public long kvBytes(long tokens, KvFormat format) {
    return kvBytes(tokens, format, 1);
  }

  /**
   * The same where layers that keep every position keep whole blocks of {@code blockTokens} tokens.
   *
   * @throws UserException as there
   */
  public long kvBytes(long tokens, KvFormat format, int blockTokens) {
    requireSupported(format);
    return sum(
        countByKind(),
        tokens,
        layer -> layer.kvBytes(layer.tokensInBlocks(tokens, blockTokens), format));
  }

  /**
   * Exact bytes of one sequence, its state included, on one of {@code tensorParallel} GPUs. The
   * fullest rank holds {@code ceil(kvHeads / tensorParallel)} heads, so that heads are replicated
   * where there are more GPUs than heads; a latent row is on every rank.
   *
   * @throws UserException if {@code tokens} is out of range, {@code tensorParallel} is below 1, or
   *     the model cannot be kept in the format
   */
  public long kvBytesPerGpu(long tokens, KvFormat format, int tensorParallel) {
    return kvBytesPerGpu(tokens, format, tensorParallel, 1);
  }

  /**
   * The same in whole blocks, see {@link #kvBytes(long, KvFormat, int)}.
   *
   * @throws UserException as there
   */
  public long kvBytesPerGpu(long tokens, KvFormat format, int tensorParallel, int blockTokens) {
    requireSupported(format);
    return bytesPerGpu(countByKind(), tokens, format, tensorParallel, blockTokens);
  }

  /**
   * The longest sequence whose keys and values fit in {@code bytes}; {@link #MOST_TOKENS} if more
   * would fit, as they do when every layer is windowed.
   *
   * @throws UserException if {@code bytes} is not between 0 and {@link #MOST_BYTES}, or the model
   *     cannot be kept in the format
   */
  public long tokensThatFit(long bytes, KvFormat format) {
    return tokensThatFit(bytes, format, 1);
  }

  /**
   * The same where each of {@code tensorParallel} GPUs has so many bytes for its share, see {@link
   * #kvBytesPerGpu}.
   *
   * @throws UserException if {@code bytes} is not between 0 and {@link #MOST_BYTES}, {@code
   *     tensorParallel} is below 1, or the model cannot be kept in the format
   */
  public long tokensThatFit(long bytes, KvFormat format, int tensorParallel) {
    return tokensThatFit(bytes, format, tensorParallel, 1);
  }

  /**
   * The same in whole blocks, see {@link #kvBytes(long, KvFormat, int)}.
   *
   * @throws UserException as there
   */
  public long tokensThatFit(long bytes, KvFormat format, int tensorParallel, int blockTokens) {
    if (bytes < 0 || bytes > MOST_BYTES) {
      throw new UserException(
          "%s: bytes must be between 0 and %d: %d".formatted(name, MOST_BYTES, bytes));
    }
    requireSupported(format);
    IdentityHashMap<LayerSpec, Integer> kinds = countByKind();
    long tooMany = 1;
    while (tooMany <= MOST_TOKENS
        && bytesPerGpu(kinds, tooMany, format, tensorParallel, blockTokens) <= bytes) {
      tooMany *= 2;
    }
    if (tooMany > MOST_TOKENS) {
      return MOST_TOKENS;
    }
    long fits = tooMany / 2;
    while (tooMany - fits > 1) {
      long middle = (fits + tooMany) / 2;
      if (bytesPerGpu(kinds, middle, format, tensorParallel, blockTokens) <= bytes) {
        fits = middle;
      } else {
        tooMany = middle;
      }
    }
    return fits;
  }

  private long bytesPerGpu(
      IdentityHashMap<LayerSpec, Integer> kinds,
      long tokens,
      KvFormat format,
      int tensorParallel,
      int blockTokens) {
    if (tensorParallel < 1) {
      throw new UserException(
          "%s: tensor parallelism must be at least 1: %d".formatted(name, tensorParallel));
    }
    return sum(
        kinds,
        tokens,
        layer ->
            Math.addExact(
                layer.kvBytesOnRank(
                    layer.tokensInBlocks(tokens, blockTokens), format, tensorParallel),
                layer.stateBytesOnRank(format, tensorParallel)));
  }

  /** How often each layer stands in the model; equal layers are one object. */
  private IdentityHashMap<LayerSpec, Integer> countByKind() {
    IdentityHashMap<LayerSpec, Integer> counts = new IdentityHashMap<>();
    layers.forEach(layer -> counts.merge(layer, 1, Integer::sum));
    return counts;
  }

  private long sum(
      IdentityHashMap<LayerSpec, Integer> kinds,
      long tokens,
      ToLongFunction<LayerSpec> bytesOfLayer) {
    if (tokens < 0 || tokens > MOST_TOKENS) {
      throw new UserException(
          "%s: tokens must be between 0 and %d: %d".formatted(name, MOST_TOKENS, tokens));
    }
    try {
      long bytes = 0;
      for (Map.Entry<LayerSpec, Integer> kind : kinds.entrySet()) {
        long each = bytesOfLayer.applyAsLong(kind.getKey());
        bytes = Math.addExact(bytes, Math.multiplyExact(each, kind.getValue()));
      }
      return bytes;
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
    IdentityHashMap<LayerSpec, LayerSpec> kinds = new IdentityHashMap<>();
    List<LayerSpec> changed =
        layers.stream().map(layer -> kinds.computeIfAbsent(layer, change)).toList();
    return new ModelSpec(name, hiddenSize, vocabSize, maxPositions, changed, assumed);
  }

  private static String divisors(int number) {
    return IntStream.rangeClosed(1, number)
        .filter(divisor -> number % divisor == 0)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(", "));
  }
}
