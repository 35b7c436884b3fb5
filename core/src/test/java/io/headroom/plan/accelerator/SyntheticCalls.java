package io.headroom.plan.accelerator;

import io.headroom.fit.LogLinearFit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Calls of a family of kernels as a table might hold them, with times that a seed decides. */
public final class SyntheticCalls {
  private SyntheticCalls() {}

  /** So many different calls. */
  public static List<MeasuredCall> of(KernelFamily family, int count) {
    SplittableRandom random = new SplittableRandom(family.label().hashCode());
    List<MeasuredCall> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      KernelPhysics physics = family.physics();
      List<String> texts =
          physics.texts().stream().map(text -> text(text, random.nextBoolean())).toList();
      double[] numbers =
          physics.numbers().stream().mapToDouble(column -> number(column, random)).toArray();
      KernelCall call = new KernelCall(texts, numbers);
      calls.add(new MeasuredCall(call, 2 * ideal(family, call, KernelFamilyTest.H100)));
    }
    return calls;
  }

  /** What the terms of the physics come to, each as it is. */
  static double ideal(KernelFamily family, KernelCall call, DataSheet sheet) {
    double[] terms = family.physics().terms(call, sheet);
    double[] ones = new double[terms.length];
    Arrays.fill(ones, 1);
    return LogLinearFit.predicted(ones, terms, family.physics().floorPower());
  }

  private static String text(String column, boolean first) {
    return switch (column) {
      case "kernel_source" -> first ? "vllm_flash_attn_fa3" : "vllm_flash_attn";
      case "distribution" -> first ? "balanced" : "power_law_1.2";
      case "backend" -> first ? "vllm_graph" : "vllm_eager";
      case "operation" -> first ? "all_gather" : "alltoall";
      case "gemm_type" -> first ? "bfloat16" : "fp8_block";
      default -> first ? "bfloat16" : "fp8";
    };
  }

  private static double number(String column, SplittableRandom random) {
    return switch (column) {
      case "num_heads" -> 64;
      case "num_key_value_heads" -> 1 << random.nextInt(4);
      case "head_dim" -> 64 << random.nextInt(2);
      case "batch_size" -> 1 << random.nextInt(11);
      case "isl", "step", "num_tokens", "m" -> 1 << random.nextInt(1, 14);
      case "window_size" -> random.nextInt(3) == 0 ? 128 : 0;
      case "n", "k", "hidden_size", "inter_size" -> 256 << random.nextInt(6);
      case "topk" -> 8;
      case "num_experts" -> 128;
      case "moe_tp_size", "tp_size" -> 1;
      case "moe_ep_size" -> 1 << random.nextInt(4);
      case "num_gpus" -> 2 << random.nextInt(3);
      case "message_size" -> 256 << random.nextInt(20);
      default -> throw new IllegalArgumentException(column);
    };
  }
}
