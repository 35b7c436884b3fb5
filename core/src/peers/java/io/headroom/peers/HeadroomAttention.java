package io.headroom.peers;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.engines.AttentionEngines;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * A sample appends the new positions to the cache and attends with their queries: in prefill the
 * whole prompt to an empty cache, in decode one token. That it forgets them again first is measured
 * too.
 */
final class HeadroomAttention implements PreparedAttention {
  private final String engineName;
  private final Workload workload;
  private final Attention attention;
  private final HeadTensor queries;
  private final HeadTensor newKeys;
  private final HeadTensor newValues;
  private final HeadTensor output;
  private final KvCache cache;
  private AttentionEngine engine;
  private int threads;

  HeadroomAttention(String engineName, Workload workload, BenchmarkData data) {
    this.engineName = engineName;
    this.workload = workload;
    this.attention = workload.attention();
    this.queries = data.queries();
    int cached = workload.cachedKeys();
    this.newKeys = data.keys().tokens(cached, workload.keys());
    this.newValues = data.values().tokens(cached, workload.keys());
    this.output =
        HeadTensor.zeros(
            workload.shape().queryHeads(), workload.queries(), workload.shape().valueDim());
    useThreads(1);
    this.cache = engine.newCache(workload.cacheSpec());
    cache.append(data.keys().tokens(0, cached), data.values().tokens(0, cached));
  }

  /** Caches depend on the engine's kind alone and serve any number of threads. */
  @Override
  public void useThreads(int threads) {
    if (engine != null) {
      engine.close();
    }
    this.threads = threads;
    engine = AttentionEngines.create(engineName, threads);
  }

  /** OpenMP, on which ND4J's own loops run, counts threads for each calling thread. */
  @Override
  public void beginTurn() {
    if (engineName.equals("nd4j")) {
      NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
    }
  }

  @Override
  public void run() {
    cache.truncate(workload.cachedKeys());
    cache.append(newKeys, newValues);
    engine.attend(attention, queries, cache, output);
  }

  @Override
  public HeadTensor output() {
    return HeadTensor.of(output.data().clone(), output.heads(), output.tokens(), output.dim());
  }

  @Override
  public String choice() {
    return "";
  }

  @Override
  public long kvBytes() {
    return workload.kvBytes();
  }

  @Override
  public void close() {
    engine.close();
    cache.close();
  }
}
