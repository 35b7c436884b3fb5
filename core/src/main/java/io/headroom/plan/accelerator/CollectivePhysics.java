package io.headroom.plan.accelerator;

import static io.headroom.plan.accelerator.KernelPhysics.log2;

import java.util.List;

/**
 * What accelerators tell each other: all have the same sum, or parts of one another. Sizes are
 * elements, not bytes. Where the links of an accelerator are not known, they are taken for such of
 * 100 GB/s, and the coefficients say how far that is off.
 */
final class CollectivePhysics implements KernelPhysics {
  private static final int ACCELERATORS = 0;
  private static final int ELEMENTS = 1;

  private static final double LINK_BYTES_PER_SECOND = 1e11;

  private final List<String> texts;
  private final int typeColumn;

  private CollectivePhysics(List<String> texts, int typeColumn) {
    this.texts = texts;
    this.typeColumn = typeColumn;
  }

  static CollectivePhysics allReduce() {
    return new CollectivePhysics(List.of("backend", "allreduce_dtype"), 1);
  }

  static CollectivePhysics nccl() {
    return new CollectivePhysics(List.of("operation", "nccl_dtype"), 1);
  }

  @Override
  public List<String> texts() {
    return texts;
  }

  @Override
  public List<String> numbers() {
    return List.of("num_gpus", "message_size");
  }

  @Override
  public String variant(KernelCall call) {
    return "%s %.0f".formatted(String.join(" ", call.texts()), call.numbers()[ACCELERATORS]);
  }

  @Override
  public List<String> termNames() {
    return List.of("floor", "bytes", "latency_bound_bytes");
  }

  @Override
  public double[] terms(KernelCall call, DataSheet sheet) {
    double millis = 1e3 * bytes(call) / link(sheet);
    return new double[] {1e-3, millis, Math.sqrt(millis * 1e-3)};
  }

  @Override
  public List<String> featureNames() {
    return List.of("accelerators", "bytes");
  }

  @Override
  public double[] features(KernelCall call, DataSheet sheet) {
    return new double[] {call.numbers()[ACCELERATORS], log2(bytes(call))};
  }

  private static double link(DataSheet sheet) {
    return sheet.linkBytesPerSecond() > 0 ? sheet.linkBytesPerSecond() : LINK_BYTES_PER_SECOND;
  }

  /** The links alone matter. */
  @Override
  public double distance(DataSheet one, DataSheet other) {
    return Math.abs(log2(link(one) / link(other)));
  }

  /** A sum over all that is everywhere known after: each part of it is sent twice. */
  @Override
  public double linkBytes(KernelCall call) {
    double others = call.numbers()[ACCELERATORS] - 1;
    boolean isSum = texts.get(0).equals("backend") || call.texts().get(0).equals("all_reduce");
    return isSum ? 2 * others / (others + 1) * bytes(call) : 0;
  }

  private double bytes(KernelCall call) {
    return call.numbers()[ELEMENTS] * KernelCall.elementBytes(call.texts().get(typeColumn));
  }
}
