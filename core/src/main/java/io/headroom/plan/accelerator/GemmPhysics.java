package io.headroom.plan.accelerator;

import static io.headroom.plan.accelerator.KernelPhysics.log2;

import java.util.List;
import java.util.SortedMap;

/** {@code y[m, n] = x[m, k] W[n, k]^T}, the weights read from memory. */
final class GemmPhysics implements KernelPhysics {
  private static final int M = 0;
  private static final int N = 1;
  private static final int K = 2;

  private static final double TILE = 128;
  private static final double LEAST_SLICE = 512;

  /** How well reading and multiplying overlap. */
  private static final double OVERLAP = 3;

  @Override
  public List<String> texts() {
    return List.of("kernel_source", "gemm_dtype");
  }

  @Override
  public List<String> numbers() {
    return List.of("m", "n", "k");
  }

  @Override
  public SortedMap<String, Double> sizes(KernelCall call) {
    double[] n = call.numbers();
    SortedMap<String, Double> sizes = KernelPhysics.super.sizes(call);
    sizes.put("products", n[M] * n[N] * n[K]);
    return sizes;
  }

  @Override
  public List<String> termNames() {
    return List.of("floor", "memory", "tensor_cores", "longest_sum", "results");
  }

  @Override
  public double[] terms(KernelCall call, DataSheet sheet) {
    double[] n = call.numbers();
    double bytes = KernelCall.elementBytes(call.texts().get(1));
    if (sheet.host()) {
      return HostTerms.product(n[M], n[N], n[K], bytes, sheet);
    }
    double tileRows = n[M] <= TILE / 2 ? TILE / 2 : TILE;
    double tiles = Math.ceil(n[M] / tileRows) * Math.ceil(n[N] / TILE);
    double slices =
        Math.max(1, Math.min(Math.floor(sheet.processors() / tiles), n[K] / LEAST_SLICE));
    double waves = Math.ceil(tiles * slices / sheet.processors());
    double memory = 1e3 * (n[N] * n[K] + n[M] * n[K]) * bytes / sheet.bandwidthBytesPerSecond();
    double tensorCores =
        1e3
            * 2
            * waves
            * sheet.processors()
            * tileRows
            * TILE
            * n[K]
            / slices
            / sheet.flopsPerSecond(call.texts().get(1));
    return new double[] {
      1e-3,
      memory,
      // What multiplying takes beyond reading.
      KernelPhysics.larger(memory, tensorCores, OVERLAP) - memory,
      waves * n[K] / slices / LEAST_SLICE * 1e-3,
      1e3 * n[M] * n[N] * 2 / sheet.bandwidthBytesPerSecond()
    };
  }

  @Override
  public List<String> featureNames() {
    return List.of(
        "m",
        "n",
        "k",
        "mn",
        "nk",
        "mk",
        "mnk",
        "intensity",
        "fill_64",
        "fill_128",
        "fill_256",
        "waves",
        "odd_rows",
        "rows_of_tile");
  }

  @Override
  public double[] features(KernelCall call, DataSheet sheet) {
    double m = call.numbers()[M];
    double n = call.numbers()[N];
    double k = call.numbers()[K];
    double columns = Math.ceil(n / TILE);
    double tiles = Math.ceil(m / TILE) * columns;
    return new double[] {
      log2(m),
      log2(n),
      log2(k),
      log2(m * n),
      log2(n * k),
      log2(m * k),
      log2(m * n * k),
      log2(m * n * k / (m * n + n * k + m * k)),
      KernelPhysics.fill(Math.ceil(m / (TILE / 2)) * columns, sheet.processors()),
      KernelPhysics.fill(tiles, sheet.processors()),
      KernelPhysics.fill(Math.ceil(m / TILE) * Math.ceil(n / (2 * TILE)), sheet.processors()),
      Math.ceil(tiles / sheet.processors()),
      m % 8 == 0 ? 0 : 1,
      m / (Math.ceil(m / TILE) * TILE)
    };
  }
}
