package io.headroom.peers;

import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvPrecision;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Keys and values are tensors already; a sample is the attention alone. LibTorch can be asked for
 * grouped attention in several ways, none always the fastest; each is tried, and with one and with
 * all threads for the BLAS inside its own parallel loops.
 */
final class LibTorchAttention implements PreparedAttention {
  private static final TensorOptional NO_MASK = new TensorOptional();
  private static final DoubleOptional DEFAULT_SCALE = new DoubleOptional();
  private static final LongOptional HEAD_AXIS = new LongOptional(1);
  private static final LongOptional UNKNOWN_SIZE = new LongOptional();

  private static final long TRIAL_NANOS = 100_000_000;

  /** A kernel that is so many times slower than the best is not tried in other ways. */
  private static final double HOPELESS = 3;

  private final Workload workload;
  private final boolean causal;
  private final FloatPointer nativeQueries;
  private final List<Tensor> tensors = new ArrayList<>();
  private final List<SdpaVariant> variants;

  private SdpaVariant chosen;
  private int threads;
  private int blasThreads;
  private Tensor output;

  LibTorchAttention(Workload workload, BenchmarkData data) {
    this.workload = workload;
    this.causal = workload.phase() == Phase.PREFILL;
    this.nativeQueries = new FloatPointer(data.queries().data());
    AttentionShape shape = workload.shape();
    Tensor queries = tensor(nativeQueries, shape.queryHeads(), workload.queries());
    Tensor keys = tensor(data.nativeKeys(), shape.kvHeads(), workload.keys());
    Tensor values = tensor(data.nativeValues(), shape.kvHeads(), workload.keys());
    this.variants = variants(queries, keys, values);
  }

  private Tensor tensor(FloatPointer numbers, long heads, long tokens) {
    Tensor floats = kept(torch.from_blob(numbers, 1, heads, tokens, workload.shape().headDim()));
    return workload.precision() == KvPrecision.BF16 ? kept(floats.to(ScalarType.BFloat16)) : floats;
  }

  private Tensor kept(Tensor tensor) {
    tensors.add(tensor);
    return tensor;
  }

  private List<SdpaVariant> variants(Tensor queries, Tensor keys, Tensor values) {
    long group = workload.shape().groupSize();
    long kvHeads = workload.shape().kvHeads();
    long dim = workload.shape().headDim();
    if (group == 1) {
      List<SdpaVariant> plain = new ArrayList<>();
      plain.add(variant("plain", queries, keys, values));
      addUnfused(plain, queries, keys, values);
      return plain;
    }
    List<SdpaVariant> ways = new ArrayList<>();
    ways.add(new SdpaVariant("enable_gqa", true, () -> attend(queries, keys, values, true)));

    // KV heads as a batch, whose query heads share one key and value head by a stride of 0.
    Tensor batched = kept(queries.reshape(kvHeads, group, workload.queries(), dim));
    Tensor sharedKeys = shared(keys);
    Tensor sharedValues = shared(values);
    ways.add(variant("shared views", batched, sharedKeys, sharedValues));

    Tensor copiedKeys = copied(keys);
    Tensor copiedValues = copied(values);
    ways.add(variant("copied heads", queries, copiedKeys, copiedValues));
    if (!causal) {
      // All query heads of a group see all keys, so they can be the rows of one head.
      Tensor rows = kept(queries.reshape(1, kvHeads, group, dim));
      ways.add(variant("heads as rows", rows, keys, values));
    }
    addUnfused(ways, queries, copiedKeys, copiedValues);
    return ways;
  }

  /**
   * In bfloat16 the matrix products inside the fused kernel are slow for many rows. In float32, and
   * for one row, separate products took several times as long and are not tried.
   */
  private void addUnfused(List<SdpaVariant> ways, Tensor queries, Tensor keys, Tensor values) {
    if (causal && workload.precision() == KvPrecision.BF16) {
      ways.add(0, new SdpaVariant("unfused", false, () -> attend(queries, keys, values, false)));
    }
  }

  private Tensor shared(Tensor heads) {
    long kvHeads = workload.shape().kvHeads();
    long dim = workload.shape().headDim();
    Tensor batch = kept(heads.reshape(kvHeads, 1, workload.keys(), dim));
    return kept(batch.expand(kvHeads, workload.shape().groupSize(), workload.keys(), dim));
  }

  private Tensor copied(Tensor heads) {
    return kept(heads.repeat_interleave(workload.shape().groupSize(), HEAD_AXIS, UNKNOWN_SIZE));
  }

  private SdpaVariant variant(String name, Tensor queries, Tensor keys, Tensor values) {
    return new SdpaVariant(name, true, () -> attend(queries, keys, values, false));
  }

  private Tensor attend(Tensor queries, Tensor keys, Tensor values, boolean grouped) {
    return torch.scaled_dot_product_attention(
        queries, keys, values, NO_MASK, 0, causal, DEFAULT_SCALE, grouped);
  }

  @Override
  public void useThreads(int threads) {
    this.threads = threads;
    blasThreads = 1;
    SdpaVariant best = null;
    double bestNanos = Double.POSITIVE_INFINITY;
    double bestFusedNanos = Double.POSITIVE_INFINITY;
    for (SdpaVariant variant : variants) {
      if (variant.fused()
          && bestFusedNanos < Double.POSITIVE_INFINITY
          && bestFusedNanos > HOPELESS * bestNanos) {
        continue;
      }
      double nanos = trial(variant, 1);
      bestFusedNanos = variant.fused() ? Math.min(bestFusedNanos, nanos) : bestFusedNanos;
      if (nanos < bestNanos) {
        best = variant;
        bestNanos = nanos;
      }
    }
    if (threads > 1 && trial(best, threads) < bestNanos) {
      blasThreads = threads;
    }
    chosen = best;
  }

  /** Nanoseconds of the fastest run of a few; the first may be the only one. */
  private double trial(SdpaVariant variant, int blas) {
    chosen = variant;
    blasThreads = blas;
    beginTurn();
    long began = System.nanoTime();
    long best = Long.MAX_VALUE;
    do {
      long start = System.nanoTime();
      run();
      best = Math.min(best, System.nanoTime() - start);
    } while (System.nanoTime() - began < TRIAL_NANOS);
    blasThreads = 1;
    return best;
  }

  @Override
  public void beginTurn() {
    torch.set_num_threads(threads);
    openblas_nolapack.blas_set_num_threads(blasThreads);
    try (Context context = torch.globalContext()) {
      context.setSDPUseFlash(chosen.fused());
    }
  }

  @Override
  public void run() {
    InferenceMode noGradients = new InferenceMode(true);
    try {
      Tensor next = chosen.attend().get();
      if (output != null) {
        output.close();
      }
      output = next;
    } finally {
      noGradients.close();
    }
  }

  @Override
  public HeadTensor output() {
    AttentionShape shape = workload.shape();
    HeadTensor copy = HeadTensor.zeros(shape.queryHeads(), workload.queries(), shape.valueDim());
    try (Tensor floats = output.to(ScalarType.Float);
        Tensor dense = floats.contiguous();
        FloatPointer numbers = dense.data_ptr_float()) {
      numbers.get(copy.data());
    }
    return copy;
  }

  @Override
  public String choice() {
    return "%s, BLAS on %d".formatted(chosen.name(), blasThreads);
  }

  @Override
  public long kvBytes() {
    return workload.kvBytes();
  }

  @Override
  public void close() {
    if (output != null) {
      output.close();
    }
    for (int i = tensors.size() - 1; i >= 0; i--) {
      tensors.get(i).close();
    }
    nativeQueries.close();
  }
}
