package io.headroom.jobs.kv;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.ModelSpec;
import java.util.List;

/**
 * The KV bytes of one model; the names of the JSON keys are fixed.
 *
 * @param kvBytesPerToken bytes that one more token takes while no window is full
 * @param kvBytesPerSequence bytes of one sequence of {@code tokens} positions
 * @param kvBytesMha the same with one KV head for every query head
 * @param kvBytesMqa the same with one KV head a layer
 * @param kvBytesPerGpu bytes of the whole batch on the fullest GPU
 * @param versions the model as configured, as MHA and as MQA
 * @param fits how many tokens of one sequence fit in the given memories
 */
record KvReport(
    String model,
    long tokens,
    String precision,
    @JsonProperty("tensor_parallel") int tensorParallel,
    int batch,
    @JsonProperty("kv_bytes_per_token") long kvBytesPerToken,
    @JsonProperty("kv_bytes_per_sequence") long kvBytesPerSequence,
    @JsonProperty("kv_bytes_mha") long kvBytesMha,
    @JsonProperty("kv_bytes_mqa") long kvBytesMqa,
    @JsonProperty("kv_bytes_per_gpu") long kvBytesPerGpu,
    @JsonIgnore List<Version> versions,
    List<Fit> fits) {

  /** One version of the model. */
  record Version(
      String name, int kvHeads, long bytesPerToken, long bytesPerSequence, long bytesPerGpu) {}

  /**
   * Tokens of one sequence that fit.
   *
   * @param memory as the user wrote it
   */
  record Fit(
      String memory,
      @JsonProperty("memory_bytes") long memoryBytes,
      long tokens,
      @JsonProperty("tokens_mha") long tokensMha,
      @JsonProperty("tokens_mqa") long tokensMqa) {}

  static KvReport of(
      ModelSpec model,
      long tokens,
      KvPrecision precision,
      int tensorParallel,
      int batch,
      List<ByteSize> memories) {
    ModelSpec mha = model.asMha();
    ModelSpec mqa = model.asMqa();
    List<Version> versions =
        List.of(
            version(
                "as configured, " + model.variant(),
                model,
                tokens,
                precision,
                tensorParallel,
                batch),
            version("MHA", mha, tokens, precision, tensorParallel, batch),
            version("MQA", mqa, tokens, precision, tensorParallel, batch));
    List<Fit> fits =
        memories.stream()
            .map(
                memory ->
                    new Fit(
                        memory.text(),
                        memory.bytes(),
                        tokensThatFit(model, memory, precision, tensorParallel),
                        tokensThatFit(mha, memory, precision, tensorParallel),
                        tokensThatFit(mqa, memory, precision, tensorParallel)))
            .toList();
    Version configured = versions.get(0);
    return new KvReport(
        model.name(),
        tokens,
        precision.label(),
        tensorParallel,
        batch,
        configured.bytesPerToken(),
        configured.bytesPerSequence(),
        versions.get(1).bytesPerSequence(),
        versions.get(2).bytesPerSequence(),
        configured.bytesPerGpu(),
        versions,
        fits);
  }

  private static long tokensThatFit(
      ModelSpec model, ByteSize memory, KvPrecision precision, int tensorParallel) {
    return model.tokensThatFit(memory.bytes(), precision, tensorParallel);
  }

  private static Version version(
      String name,
      ModelSpec model,
      long tokens,
      KvPrecision precision,
      int tensorParallel,
      int batch) {
    return new Version(
        name,
        model.kvHeads(),
        model.kvBytesPerToken(precision),
        model.kvBytes(tokens, precision),
        Math.multiplyExact(batch, model.kvBytesPerGpu(tokens, precision, tensorParallel)));
  }
}
