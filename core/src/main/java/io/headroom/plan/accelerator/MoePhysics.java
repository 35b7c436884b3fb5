package io.headroom.plan.accelerator;

import static io.headroom.plan.accelerator.KernelPhysics.log2;

import java.util.List;
import java.util.SortedMap;

/**
 * The routed experts of a layer on one rank: both products, the activation between them, and the
 * order of the tokens. Of the experts those are read that a token chose: of {@code E} experts and
 * {@code T} tokens with {@code k} choices each, {@code 1 - (1 - k/E)^T} where routing is even.
 */
final class MoePhysics implements KernelPhysics {
  private static final int TOKENS = 0;
  private static final int HIDDEN = 1;
  private static final int INNER = 2;
  private static final int CHOICES = 3;
  private static final int EXPERTS = 4;
  private static final int TENSOR_PARALLEL = 5;
  private static final int EXPERT_PARALLEL = 6;

  /** Rows that a tile of the smallest kernel has. */
  private static final double LEAST_ROWS = 16;

  @Override
  public List<String> texts() {
    return List.of("kernel_source", "moe_dtype", "distribution");
  }

  @Override
  public List<String> numbers() {
    return List.of(
        "num_tokens",
        "hidden_size",
        "inter_size",
        "topk",
        "num_experts",
        "moe_tp_size",
        "moe_ep_size");
  }

  @Override
  public SortedMap<String, Double> sizes(KernelCall call) {
    double[] n = call.numbers();
    SortedMap<String, Double> sizes = KernelPhysics.super.sizes(call);
    sizes.put("products", rows(n) * n[HIDDEN] * n[INNER] / n[TENSOR_PARALLEL]);
    return sizes;
  }

  @Override
  public List<String> termNames() {
    return List.of("floor", "experts", "weights", "activations", "tensor_cores");
  }

  @Override
  public double[] terms(KernelCall call, DataSheet sheet) {
    double[] n = call.numbers();
    double bytes = KernelCall.elementBytes(call.texts().get(1));
    double inner = n[INNER] / n[TENSOR_PARALLEL];
    double products = 3 * n[HIDDEN] * inner;
    double rows = Math.max(rows(n), touched(call) * LEAST_ROWS);
    return new double[] {
      1e-3,
      n[EXPERTS] / n[EXPERT_PARALLEL] * 1e-6,
      1e3 * touched(call) * products * bytes / sheet.bandwidthBytesPerSecond(),
      1e3 * rows(n) * (2 * n[HIDDEN] + 3 * inner) * 2 / sheet.bandwidthBytesPerSecond(),
      1e3 * 2 * rows * products / sheet.flopsPerSecond(call.texts().get(1))
    };
  }

  @Override
  public List<String> featureNames() {
    return List.of(
        "tokens",
        "hidden",
        "inner",
        "choices",
        "experts",
        "local_experts",
        "expert_parallel",
        "rows",
        "touched",
        "rows_of_expert",
        "weights",
        "work");
  }

  @Override
  public double[] features(KernelCall call, DataSheet sheet) {
    double[] n = call.numbers();
    double inner = n[INNER] / n[TENSOR_PARALLEL];
    double local = n[EXPERTS] / n[EXPERT_PARALLEL];
    return new double[] {
      log2(n[TOKENS]),
      log2(n[HIDDEN]),
      log2(inner),
      n[CHOICES],
      n[EXPERTS],
      local,
      log2(n[EXPERT_PARALLEL]),
      log2(rows(n)),
      log2(touched(call)),
      log2(rows(n) / local),
      log2(touched(call) * n[HIDDEN] * inner),
      log2(rows(n) * n[HIDDEN] * inner)
    };
  }

  /** Of all experts of the rank, a token as often as it chose one of them. */
  private static double rows(double[] n) {
    return n[TOKENS] * n[CHOICES] / n[EXPERT_PARALLEL];
  }

  private static double touched(KernelCall call) {
    double[] n = call.numbers();
    double local = n[EXPERTS] / n[EXPERT_PARALLEL];
    if (call.texts().get(2).equals("balanced")) {
      return Math.min(local, Math.max(1, rows(n)));
    }
    return local * (1 - Math.pow(1 - n[CHOICES] / n[EXPERTS], n[TOKENS]));
  }
}
