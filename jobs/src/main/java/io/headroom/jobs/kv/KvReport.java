package io.headroom.jobs.kv;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.headroom.kvcache.KvFormat;
import io.headroom.model.EngineBlocks;
import io.headroom.model.KvFootprint;
import io.headroom.model.KvFormatChoice;
import io.headroom.model.ModelSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What {@code headroom kv} prints: one model as configured, as MHA and as MQA, and how many tokens
 * of one sequence fit in given memories of a GPU.
 *
 * @param assumed see {@link ModelSpec}
 * @param formatKey of the configuration, where that says how keys and values are kept
 * @param blocks how engines account for the model as configured, where blocks were asked for
 * @param weights what the weights take, where that was asked for
 */
record KvReport(
    Version configured,
    Version mha,
    Version mqa,
    List<Fit> fits,
    List<String> assumed,
    Optional<String> formatKey,
    Optional<EngineBlocks> blocks,
    Optional<WeightBytes> weights) {

  /** One version of the model. */
  record Version(String name, int kvHeads, KvFootprint footprint) {

    private static Version of(
        String name,
        ModelSpec model,
        long tokens,
        KvFormat format,
        int gpus,
        int batch,
        int blockTokens) {
      return new Version(
          name, model.kvHeads(), KvFootprint.of(model, tokens, format, gpus, batch, blockTokens));
    }
  }

  /**
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
      KvFormatChoice said,
      int tensorParallel,
      int batch,
      OptionalInt block,
      List<ByteSize> memories) {
    int blockTokens = block.orElse(1);
    KvFormat format = said.format();
    ModelSpec mha = model.asMha();
    ModelSpec mqa = model.asMqa();
    KvFormat expanded = format.ofExpandedHeads();
    List<Fit> fits =
        memories.stream()
            .map(
                memory ->
                    new Fit(
                        memory.text(),
                        memory.bytes(),
                        model.tokensThatFit(memory.bytes(), format, tensorParallel, blockTokens),
                        mha.tokensThatFit(memory.bytes(), expanded, tensorParallel, blockTokens),
                        mqa.tokensThatFit(memory.bytes(), expanded, tensorParallel, blockTokens)))
            .toList();
    return new KvReport(
        Version.of(
            "as configured, " + (model.holdsKv() ? model.variant() : "no attention"),
            model,
            tokens,
            format,
            tensorParallel,
            batch,
            blockTokens),
        Version.of("MHA", mha, tokens, expanded, tensorParallel, batch, blockTokens),
        Version.of("MQA", mqa, tokens, expanded, tensorParallel, batch, blockTokens),
        fits,
        model.assumed(),
        said.key(),
        block.isPresent()
            ? Optional.of(EngineBlocks.of(model, tokens, format, blockTokens))
            : Optional.empty(),
        Optional.empty());
  }

  /** The same with what the weights take. */
  KvReport with(WeightBytes weights) {
    return new KvReport(
        configured, mha, mqa, fits, assumed, formatKey, blocks, Optional.of(weights));
  }

  List<Version> versions() {
    return List.of(configured, mha, mqa);
  }

  Json json() {
    KvFootprint footprint = configured.footprint();
    return new Json(
        footprint.model(),
        footprint.tokens(),
        footprint.format().label(),
        formatKey.orElse(null),
        footprint.tensorParallel(),
        footprint.batch(),
        footprint.bytesPerToken(),
        footprint.bytesPerSequence(),
        footprint.stateBytesPerSequence(),
        footprint.bytesMha(),
        footprint.bytesMqa(),
        footprint.bytesPerGpu(),
        weights.map(WeightBytes::bytes).orElse(null),
        weights.map(WeightBytes::bytesPerGpu).orElse(null),
        assumed,
        blocks.map(Block::of).orElse(null),
        fits);
  }

  /** The object of {@code --json}; other programs rely on its keys. */
  record Json(
      String model,
      long tokens,
      String precision,
      @JsonProperty("precision_key") @JsonInclude(JsonInclude.Include.NON_NULL) String precisionKey,
      @JsonProperty("tensor_parallel") int tensorParallel,
      int batch,
      @JsonProperty("kv_bytes_per_token") long bytesPerToken,
      @JsonProperty("kv_bytes_per_sequence") long bytesPerSequence,
      @JsonProperty("state_bytes_per_sequence") long stateBytesPerSequence,
      @JsonProperty("kv_bytes_mha") long bytesMha,
      @JsonProperty("kv_bytes_mqa") long bytesMqa,
      @JsonProperty("kv_bytes_per_gpu") long bytesPerGpu,
      @JsonProperty("weights_bytes") @JsonInclude(JsonInclude.Include.NON_NULL) Long weightsBytes,
      @JsonProperty("weights_bytes_per_gpu") @JsonInclude(JsonInclude.Include.NON_NULL)
          Long weightsBytesPerGpu,
      List<String> assumed,
      @JsonInclude(JsonInclude.Include.NON_NULL) Block block,
      List<Fit> fits) {}

  /** How engines account for blocks; absent where none were asked for. */
  record Block(
      int tokens,
      @JsonProperty("vllm_block_tokens") long vllmBlockTokens,
      @JsonProperty("vllm_kv_bytes_per_sequence") long vllmBytes,
      @JsonProperty("vllm_kv_bytes_per_sequence_without_hybrid_manager")
          long vllmBytesWithoutHybridManager,
      @JsonProperty("vllm_factor_without_hybrid_manager") double vllmFactorWithoutHybridManager,
      @JsonProperty("vllm_state_bytes_per_sequence") long vllmStateBytes,
      @JsonProperty("llama_cpp_kv_bytes_per_sequence") long llamaCppBytes) {

    private static Block of(EngineBlocks blocks) {
      return new Block(
          blocks.blockTokens(),
          blocks.vllmBlockTokens(),
          blocks.vllmBytes(),
          blocks.vllmBytesWithoutHybridManager(),
          blocks.factorWithoutHybridManager(),
          blocks.vllmStateBytes(),
          blocks.llamaCppBytes());
    }
  }
}
