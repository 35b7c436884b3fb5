package io.headroom.plan.accelerator;

import static io.headroom.plan.accelerator.KernelPhysics.log2;
import static io.headroom.plan.accelerator.LatentSizes.HIDDEN;
import static io.headroom.plan.accelerator.LatentSizes.KV_RANK;
import static io.headroom.plan.accelerator.LatentSizes.PLAIN;
import static io.headroom.plan.accelerator.LatentSizes.QUERY_RANK;
import static io.headroom.plan.accelerator.LatentSizes.ROTARY;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A whole module of multi-head latent attention with its projections, of DeepSeek-V3's sizes: ranks
 * of 1,536 and 512, 128 dimensions without positions and 64 with them, 7,168 hidden ones. Tables of
 * the A100 lack the outer projections, which their own coefficients say.
 */
final class MlaPhysics implements KernelPhysics {
  private static final int BATCH = 0;
  private static final int HEADS = 1;
  private static final int BEGUN = 2;
  private static final int STEP = 3;
  private static final int TENSOR_PARALLEL = 4;

  private static final double LATENT = KV_RANK + ROTARY;
  private static final double TILE_ROWS = 64;

  private final boolean decodes;

  private MlaPhysics(boolean decodes) {
    this.decodes = decodes;
  }

  static MlaPhysics decode() {
    return new MlaPhysics(true);
  }

  static MlaPhysics prefill() {
    return new MlaPhysics(false);
  }

  @Override
  public List<String> texts() {
    return List.of("kernel_source", "kv_cache_dtype", "gemm_type");
  }

  @Override
  public List<String> numbers() {
    return List.of("batch_size", "num_heads", "isl", "step", "tp_size");
  }

  @Override
  public double whereMissing(String column) {
    return switch (column) {
      case "step" -> 0;
      case "tp_size" -> 1;
      default -> Double.NaN;
    };
  }

  @Override
  public Optional<String> textWhereMissing(String column) {
    return column.equals("gemm_type") ? Optional.of("bfloat16") : Optional.empty();
  }

  @Override
  public SortedMap<String, Double> sizes(KernelCall call) {
    double[] n = call.numbers();
    double length = n[BEGUN] + n[STEP];
    SortedMap<String, Double> sizes =
        KernelPhysics.byLength(KernelPhysics.super.sizes(call), length);
    sizes.put("rows", n[BATCH] * n[HEADS] * length);
    return sizes;
  }

  /** Modules have other floors than pieces. */
  @Override
  public String layout(List<String> texts) {
    return LatentSizes.isAttentionAlone(texts) ? "pieces" : "module";
  }

  @Override
  public List<String> termNames() {
    return List.of("floor", "weights", "projections", "memory", "tensor_cores");
  }

  @Override
  public double[] terms(KernelCall call, DataSheet sheet) {
    double[] n = call.numbers();
    double cached = KernelCall.elementBytes(call.texts().get(1));
    double weight = KernelCall.elementBytes(call.texts().get(2));
    double weights =
        HIDDEN * (QUERY_RANK + LATENT)
            + n[HEADS] * (QUERY_RANK * (PLAIN + ROTARY) + 2 * PLAIN * KV_RANK + PLAIN * HIDDEN);
    double length = n[BEGUN] + n[STEP];
    double bytes =
        decodes
            ? n[BATCH] * length * LATENT * cached
            : n[BATCH] * length * n[HEADS] * 2 * (2 * PLAIN + ROTARY) * 2;
    double products =
        decodes
            ? n[BATCH] * n[HEADS] * length * (LATENT + KV_RANK)
            : n[BATCH] * n[HEADS] * length * (length + 2 * TILE_ROWS) / 2 * (2 * PLAIN + ROTARY);
    return new double[] {
      1e-3,
      1e3 * weights * weight / sheet.bandwidthBytesPerSecond(),
      1e3 * 2 * weights * tokens(n) / sheet.flopsPerSecond(call.texts().get(2)),
      1e3 * bytes / sheet.bandwidthBytesPerSecond(),
      1e3 * 2 * products / sheet.bf16FlopsPerSecond()
    };
  }

  private double tokens(double[] n) {
    return decodes ? n[BATCH] : n[BATCH] * n[BEGUN];
  }

  @Override
  public List<String> featureNames() {
    return List.of(
        "batch",
        "heads",
        "length",
        "tensor_parallel",
        "tokens",
        "batch_length",
        "rows_length",
        "rows",
        "fill");
  }

  @Override
  public double[] features(KernelCall call, DataSheet sheet) {
    double[] n = call.numbers();
    double length = n[BEGUN] + n[STEP];
    return new double[] {
      log2(n[BATCH]),
      log2(n[HEADS]),
      log2(length),
      log2(n[TENSOR_PARALLEL]),
      log2(tokens(n)),
      log2(n[BATCH] * length),
      log2(n[BATCH] * n[HEADS] * length),
      log2(n[BATCH] * n[HEADS]),
      KernelPhysics.fill(n[BATCH] * Math.ceil(n[HEADS] / TILE_ROWS), sheet.processors())
    };
  }
}
