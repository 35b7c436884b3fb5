package io.headroom.plan.accelerator;

/**
 * The terms of attention and products where the accelerator is a host: a processor whose threads
 * share the heads of one sequence, and the rows of weights. They stand in the places that
 * accelerators have for the same kind of cost, and 0 where a host has none. Costs that no data
 * sheet has are as one core of a recent server takes them, so that coefficients are about 1: a fit
 * of few rows is drawn to that.
 */
final class HostTerms {
  private static final double NANOSECOND = 1e-6;
  private static final double MICROSECOND = 1e-3;

  /** Tokens that are packed together. */
  private static final double TILE = 64;

  /** A last-level cache is shared, and gives way by and by; that of a core does not. */
  private static final int SHARED_CLIFF = 2;

  private static final int OWN_CLIFF = 4;

  /** How well reading and multiplying overlap. */
  private static final double OVERLAP = 3;

  /** Of a core's own cache: 1 to 2 MiB on recent servers. */
  private static final double OWN_CACHE_BYTES = 2e6;

  private HostTerms() {}

  /**
   * One query against keys and values of so many tokens.
   *
   * @return in the order of {@link DecodePhysics#termNames}: a call; nothing of batches; bytes from
   *     memory, and from the last-level cache; multiply-adds; the softmax of a tile; a head of
   *     keys; bytes from the caches of the cores; nothing of plans
   */
  static double[] decode(
      double queryHeads,
      double kvHeads,
      double headDim,
      double tokens,
      double bytes,
      DataSheet sheet) {
    double own = resident(bytes, OWN_CACHE_BYTES * sheet.processors(), OWN_CLIFF);
    double shared = (1 - own) * resident(bytes, sheet.l2Bytes(), SHARED_CLIFF);
    double millis = 1e3 * bytes / sheet.bandwidthBytesPerSecond();
    return new double[] {
      2 * MICROSECOND,
      0,
      0,
      millis * (1 - own - shared),
      millis * shared,
      1e3 * 4 * queryHeads * tokens * headDim / sheet.bf16FlopsPerSecond(),
      queryHeads * Math.ceil(tokens / TILE) * 10 * NANOSECOND,
      kvHeads * headDim / 128 * MICROSECOND,
      millis * own,
      0
    };
  }

  /** The part of so many bytes that a cache still has when they are read again. */
  private static double resident(double bytes, double cacheBytes, int cliff) {
    return 1 / (1 + Math.pow(bytes / cacheBytes, cliff));
  }

  /**
   * As many queries as keys.
   *
   * @param pairs of a query and a key that it sees
   * @return in the order of {@link PrefillPhysics#termNames}: a call; the rows of queries;
   *     multiply-adds, on the diagonal of whole tiles; the softmax of a pair; nothing of waves;
   *     tensors from memory; keys and values that are packed in the cache
   */
  static double[] prefill(
      double tokens,
      double queryHeads,
      double kvHeads,
      double headDim,
      double pairs,
      DataSheet sheet) {
    double moved = Float.BYTES * tokens * headDim * 2 * (queryHeads + kvHeads);
    return new double[] {
      2 * MICROSECOND,
      queryHeads * tokens * headDim * 2.5 * NANOSECOND,
      1e3 * 4 * queryHeads * headDim * (pairs + tokens * TILE / 2) / sheet.bf16FlopsPerSecond(),
      queryHeads * pairs * 0.4 * NANOSECOND,
      0,
      1e3 * moved / sheet.bandwidthBytesPerSecond(),
      kvHeads * tokens * headDim * 5 * NANOSECOND
    };
  }

  /**
   * Rows of float32 with weights that are read from memory. No tile is filled up: few rows cost
   * little more than the weights.
   *
   * @param weightBytes of one number
   * @return in the order of {@link GemmPhysics#termNames}: a call; weights and rows from memory;
   *     what multiply-adds take beyond reading; nothing of the longest sum; results
   */
  static double[] product(
      double rows, double outputs, double inputs, double weightBytes, DataSheet sheet) {
    double moved = inputs * (outputs * weightBytes + rows * Float.BYTES);
    double memory = 1e3 * moved / sheet.bandwidthBytesPerSecond();
    double multiplied = 1e3 * 2 * rows * outputs * inputs / sheet.bf16FlopsPerSecond();
    return new double[] {
      MICROSECOND,
      memory,
      KernelPhysics.larger(memory, multiplied, OVERLAP) - memory,
      0,
      1e3 * rows * outputs * Float.BYTES / sheet.bandwidthBytesPerSecond()
    };
  }
}
