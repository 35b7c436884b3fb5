package io.headroom.plan.time;

import io.headroom.model.LayerSpec;
import io.headroom.model.weights.ModelWeights;
import io.headroom.model.weights.RankMatrix;
import io.headroom.model.weights.WeightRole;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one rank runs of a layer.
 *
 * @param attention projections into and out of its heads, an indexer's excepted
 * @param others every other matrix that all tokens meet
 * @param mlpWidth inputs of the last projection of its MLP on the rank; 0 without one
 */
record LayerKernels(
    LayerSpec layer,
    List<Product> attention,
    List<Product> others,
    Optional<RoutedExperts> experts,
    long mlpWidth) {

  /** Engines multiply these at once: the last parts of names of modules. */
  private static final Map<String, String> JOINED =
      Map.of(
          "q_proj", "qkv",
          "k_proj", "qkv",
          "v_proj", "qkv",
          "gate_proj", "gate_up",
          "up_proj", "gate_up",
          "q_a_proj", "qkv_a",
          "kv_a_proj_with_mqa", "qkv_a");

  LayerKernels {
    attention = List.copyOf(attention);
    others = List.copyOf(others);
  }

  /** Before each of these the activations are quantised. */
  long quantisedProducts() {
    return Stream.concat(attention.stream(), others.stream()).filter(Product::isQuantised).count();
  }

  /** Of every layer, in the order of the first of its kind, how many there are. */
  static Map<LayerKernels, Integer> of(
      List<LayerSpec> layers, ModelWeights weights, Parallelism parallelism) {
    Map<LayerKernels, Integer> kinds = new LinkedHashMap<>();
    for (int index = 0; index < layers.size(); index++) {
      List<RankMatrix> matrices = weights.layerOnRank(index, parallelism.layout());
      LayerKernels kernels =
          of(layers.get(index), matrices, weights.expertsPerToken(), parallelism);
      kinds.merge(kernels, 1, Integer::sum);
    }
    return kinds;
  }

  private static LayerKernels of(
      LayerSpec layer, List<RankMatrix> matrices, int choices, Parallelism parallelism) {
    Map<String, Product> attention = new LinkedHashMap<>();
    Map<String, Product> others = new LinkedHashMap<>();
    long mlpWidth = 0;
    for (RankMatrix matrix : matrices) {
      if (matrix.isProjection()) {
        boolean attends =
            matrix.module().startsWith("self_attn.") && !matrix.module().contains(".indexer.");
        join(matrix, attends ? attention : others);
      }
      if (matrix.role() == WeightRole.PROJECTION && matrix.module().endsWith(".down_proj")) {
        mlpWidth += matrix.inputs();
      }
    }
    return new LayerKernels(
        layer,
        new ArrayList<>(attention.values()),
        new ArrayList<>(others.values()),
        experts(matrices, choices, parallelism),
        mlpWidth);
  }

  private static void join(RankMatrix matrix, Map<String, Product> products) {
    int end = matrix.module().lastIndexOf('.') + 1;
    String name = matrix.module().substring(end);
    String key = matrix.module().substring(0, end) + JOINED.getOrDefault(name, name);
    Product own =
        new Product(
            WeightType.ofProduct(matrix.encoding()),
            matrix.outputs() * matrix.copies(),
            matrix.inputs());
    Product before = products.get(key);
    boolean joins =
        before != null && before.type().equals(own.type()) && before.inputs() == own.inputs();
    if (joins) {
      products.put(key, new Product(own.type(), before.outputs() + own.outputs(), own.inputs()));
    } else {
      products.put(before == null ? key : matrix.module(), own);
    }
  }

  private static Optional<RoutedExperts> experts(
      List<RankMatrix> matrices, int choices, Parallelism parallelism) {
    return matrices.stream()
        .filter(matrix -> matrix.role() == WeightRole.EXPERT)
        .filter(matrix -> matrix.module().endsWith(".down_proj"))
        .findFirst()
        .map(
            down ->
                new RoutedExperts(
                    WeightType.ofExperts(down.encoding()),
                    down.outputs(),
                    down.inputs() * parallelism.expertTensor(),
                    choices,
                    down.copies() * parallelism.expert()));
  }
}
