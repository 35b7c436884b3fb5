package io.headroom.plan.accelerator;

import java.util.Arrays;
import java.util.Optional;

/** Kernels that do the same kind of work, and the table that holds their measured times. */
public enum KernelFamily {
  DECODE("decode", "generation", new DecodePhysics()),
  PREFILL("prefill", "context", new PrefillPhysics()),
  GEMM("gemm", "gemm", new GemmPhysics()),
  MOE("moe", "moe", new MoePhysics()),
  MLA_DECODE("mla_decode", "mla-generation", MlaPhysics.decode()),
  MLA_PREFILL("mla_prefill", "mla-context", MlaPhysics.prefill()),
  ALLREDUCE("allreduce", "allreduce", CollectivePhysics.allReduce()),
  NCCL("nccl", "nccl", CollectivePhysics.nccl());

  private final String label;
  private final String ending;

  /** None of them has a state. */
  @SuppressWarnings("ImmutableEnumChecker")
  private final KernelPhysics physics;

  KernelFamily(String label, String ending, KernelPhysics physics) {
    this.label = label;
    this.ending = ending;
    this.physics = physics;
  }

  /** What profiles and errors call it, such as {@code mla_decode}. */
  public String label() {
    return label;
  }

  /** How the name of its table ends, such as {@code generation} of {@code l40s-generation}. */
  public String ending() {
    return ending;
  }

  public KernelPhysics physics() {
    return physics;
  }

  public static Optional<KernelFamily> labelled(String label) {
    return Arrays.stream(values()).filter(family -> family.label.equals(label)).findFirst();
  }
}
