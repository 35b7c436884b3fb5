package io.headroom.model.config;

import java.util.regex.Pattern;

/** Keys of GGUF files that do not change what layers keep. */
final class GgufKeys {

  /** Positions, norms, experts, feed-forward widths, scales of scores, choices among kept keys. */
  static final Pattern WITHOUT_EFFECT =
      Pattern.compile(
          "rope\\..*|expert.*|feed_forward_length|block_count|.*layer_norm.*|attention\\.(scale|clamp_kqv"
              + "|max_alibi_bias|causal|temperature_.*|output_.*|q_lora_rank|gate_lora_rank"
              + "|decay_lora_rank|indexer\\.(head_count|top_k)|relative_buckets_count"
              + "|group_norm_.*)|ssm\\.dt_b_c_rms|.*logit_softcapping|leading_dense_block_count"
              + "|use_parallel_residual|tensor_data_layout|interleave_moe_layer_step"
              + "|attn_logit_softcapping|altup\\..*|embedding_length.*");

  private GgufKeys() {}
}
