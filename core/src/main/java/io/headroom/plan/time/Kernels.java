package io.headroom.plan.time;

import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.accelerator.KernelCall;
import io.headroom.plan.accelerator.KernelFamily;
import io.headroom.plan.accelerator.KernelSource;
import io.headroom.plan.accelerator.KernelTime;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The kernels of one accelerator: which one an engine would take for some work, and its time. */
final class Kernels {
  private static final String NOT_MEASURED = "unmeasured";

  private final AcceleratorProfile profile;
  private final Map<KernelFamily, List<KernelSource>> sources = new EnumMap<>(KernelFamily.class);

  Kernels(AcceleratorProfile profile) {
    this.profile = profile;
    for (KernelFamily family : KernelFamily.values()) {
      sources.put(family, profile.sources(family));
    }
  }

  KernelTime time(KernelFamily family, KernelCall call) {
    return profile.time(family, call);
  }

  double bandwidthBytesPerMilli() {
    return profile.sheet().bandwidthBytesPerSecond() / 1e3;
  }

  double flopsPerMilli() {
    return profile.sheet().bf16FlopsPerSecond() / 1e3;
  }

  /** Kernel and type of the cache of attention; the kernel that was measured most for it. */
  List<String> attention(KernelFamily family, String cacheType, double headDim, boolean window) {
    return choose(
        family,
        source ->
            source.texts().get(1).equals(cacheType)
                && source.window() == window
                && holds(source, "head_dim", headDim),
        List.of(NOT_MEASURED, cacheType));
  }

  List<String> product(String type, double m) {
    return choose(
        KernelFamily.GEMM,
        source -> source.texts().get(1).equals(type) && holds(source, "m", m),
        List.of(NOT_MEASURED, type));
  }

  List<String> experts(String type, String distribution) {
    return choose(
        KernelFamily.MOE,
        source -> source.texts().get(1).equals(type) && source.texts().get(2).equals(distribution),
        List.of(NOT_MEASURED, type, distribution));
  }

  List<String> latent(KernelFamily family, String cacheType, String weightType) {
    return choose(
        family,
        source ->
            source.texts().get(1).equals(cacheType) && source.texts().get(2).equals(weightType),
        List.of(NOT_MEASURED, cacheType, weightType));
  }

  private List<String> choose(
      KernelFamily family, Predicate<KernelSource> suits, List<String> otherwise) {
    return sources.get(family).stream()
        .filter(suits)
        .max(Comparator.comparingInt(KernelSource::rows))
        .map(KernelSource::texts)
        .orElse(otherwise);
  }

  private static boolean holds(KernelSource source, String column, double value) {
    double[] range = source.ranges().get(column);
    return range == null || (value >= range[0] && value <= range[1]);
  }
}
