package io.headroom.model.weights;

import io.headroom.UserException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The weights of a model.
 *
 * @param model its name
 * @param embeddings looked up before the first layer
 * @param layers what each has, from the first to the last
 * @param head what follows the last layer; not the head itself where it is the embeddings
 * @param tower for images, before the first layer; never quantised, the same on every rank where
 *     its own split does not say otherwise
 * @param tied whether the head is the embeddings
 * @param expertsPerToken to which each token is sent; 0 without experts
 * @param uncounted parts that the checkpoint has and that are not counted; mostly none
 */
public record ModelWeights(
    String model,
    List<WeightMatrix> embeddings,
    List<List<WeightMatrix>> layers,
    List<WeightMatrix> head,
    List<WeightMatrix> tower,
    boolean tied,
    WeightFormat format,
    int expertsPerToken,
    List<String> uncounted)
    implements Serializable {

  public ModelWeights {
    Objects.requireNonNull(model, "model");
    embeddings = List.copyOf(embeddings);
    layers = layers.stream().map(List::copyOf).toList();
    head = List.copyOf(head);
    tower = List.copyOf(tower);
    Objects.requireNonNull(format, "format");
    uncounted = List.copyOf(uncounted);
  }

  /** Numbers that were trained, each once. */
  public long parameters() {
    return sum(embeddings)
        + layers.stream().mapToLong(ModelWeights::sum).sum()
        + sum(head)
        + sum(tower);
  }

  private static long sum(List<WeightMatrix> matrices) {
    return matrices.stream().mapToLong(WeightMatrix::parameters).sum();
  }

  /** Bytes of the checkpoint: numbers, scales and zero points, no padding. */
  public long bytes() {
    long bytes = 0;
    for (int layer = 0; layer < layers.size(); layer++) {
      for (WeightMatrix matrix : layers.get(layer)) {
        bytes += matrix.bytes(format.of(matrix, place(layer)), format.numberBytes());
      }
    }
    for (List<WeightMatrix> group : List.of(embeddings, head, tower)) {
      for (WeightMatrix matrix : group) {
        bytes += matrix.bytes(encoding(group, matrix), format.numberBytes());
      }
    }
    return bytes;
  }

  /**
   * Bytes of the fullest GPU: of the stage with the most, and there of the fullest rank. Ranks keep
   * what they cannot split, heads of keys and values where they are more than these, and a padded
   * vocabulary.
   *
   * @throws UserException if there are more stages than layers
   */
  public long bytesPerGpu(RankLayout ranks) {
    List<Integer> stages = ranks.layersOfStages(model, layers.size());
    long most = 0;
    int first = 0;
    for (int stage = 0; stage < stages.size(); stage++) {
      int last = first + stages.get(stage);
      most = Math.max(most, bytesOfStage(first, last, ranks));
      first = last;
    }
    return most;
  }

  /**
   * As a serving engine holds them.
   *
   * @param mostNumberBytes of a number that is not quantised
   * @param expertInputsStep inputs of experts in mxfp4 are padded to a multiple of it
   */
  public ModelWeights served(int mostNumberBytes, int expertInputsStep) {
    return with(format.served(mostNumberBytes, expertInputsStep));
  }

  /**
   * The same model with other weights, as an engine quantises it when it starts.
   *
   * @param scheme one of {@link WeightFormat#SCHEMES}
   * @throws UserException if it is none of them
   */
  public ModelWeights quantised(String scheme) {
    return with(WeightFormat.named(scheme));
  }

  private ModelWeights with(WeightFormat other) {
    return new ModelWeights(
        model, embeddings, layers, head, tower, tied, other, expertsPerToken, uncounted);
  }

  /** What a rank holds of a layer. */
  public List<RankMatrix> layerOnRank(int layer, RankLayout ranks) {
    return layers.get(layer).stream()
        .map(matrix -> matrix.onRank(ranks, format.of(matrix, place(layer))))
        .toList();
  }

  /** What a rank multiplies with the last hidden state, norms excepted. */
  public RankMatrix projectionToVocabulary(RankLayout ranks) {
    WeightMatrix projection =
        Stream.concat(head.stream(), embeddings.stream())
            .filter(
                matrix ->
                    matrix.role() == WeightRole.HEAD
                        || (tied && matrix.role() == WeightRole.EMBEDDING))
            .findFirst()
            .orElseThrow();
    return projection.onRank(ranks, format.of(projection, ""));
  }

  /** Outputs of the widest MLP that every token goes through; 0 if there is none. */
  public long widestMlp() {
    return layers.stream()
        .flatMap(List::stream)
        .filter(matrix -> matrix.role() == WeightRole.PROJECTION)
        .filter(matrix -> matrix.module().endsWith(".up_proj"))
        .mapToLong(WeightMatrix::outputs)
        .max()
        .orElse(0);
  }

  /** Inputs of the last projection of an expert; 0 if there is none. */
  public long expertWidth() {
    return layers.stream()
        .flatMap(List::stream)
        .filter(matrix -> matrix.role() == WeightRole.EXPERT)
        .filter(matrix -> matrix.module().endsWith(".down_proj"))
        .mapToLong(WeightMatrix::inputs)
        .max()
        .orElse(0);
  }

  private long bytesOfStage(int first, int last, RankLayout ranks) {
    long bytes = 0;
    for (int layer = first; layer < last; layer++) {
      bytes += bytesOfLayer(layer, ranks);
    }
    List<List<WeightMatrix>> groups = new ArrayList<>();
    if (first == 0) {
      groups.add(embeddings);
      groups.add(tower);
    }
    if (last == layers.size()) {
      groups.add(head);
      if (tied && first > 0) {
        groups.add(embeddings);
      }
    }
    for (List<WeightMatrix> group : groups) {
      for (WeightMatrix matrix : group) {
        bytes += matrix.bytesOnRank(encoding(group, matrix), format.numberBytes(), ranks);
      }
    }
    return bytes;
  }

  private long bytesOfLayer(int layer, RankLayout ranks) {
    return layers.get(layer).stream()
        .mapToLong(
            matrix ->
                matrix.bytesOnRank(format.of(matrix, place(layer)), format.numberBytes(), ranks))
        .sum();
  }

  private MatrixEncoding encoding(List<WeightMatrix> group, WeightMatrix matrix) {
    return group == tower ? MatrixEncoding.plain(format.numberBytes()) : format.of(matrix, "");
  }

  private static String place(int layer) {
    return "layers." + layer + ".";
  }
}
