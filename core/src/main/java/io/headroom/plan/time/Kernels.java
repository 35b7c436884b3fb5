package io.headroom.plan.time;

import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.accelerator.DataSheet;
import io.headroom.plan.accelerator.HostKernel;
import io.headroom.plan.accelerator.KernelCall;
import io.headroom.plan.accelerator.KernelCalls;
import io.headroom.plan.accelerator.KernelFamily;
import io.headroom.plan.accelerator.KernelSource;
import io.headroom.plan.accelerator.KernelTime;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The kernels of one accelerator: which one an engine would take for some work, and its time. */
final class Kernels {
  private static final String NOT_MEASURED = "unmeasured";

  /** No kernel of a captured graph takes as long to launch. */
  private static final double SLOW_LAUNCH_MILLIS = 0.03;

  private static final double NEAR_FLOOR = 1.6;

  /** Measured: from the L2 cache they are read 1.4 to 2 times as fast; 1.7 is 0.4 less time. */
  private static final double L2_GAIN = 0.4;

  private static final double ASSUMED_ERROR = 0.3;

  /** Types whose elements are as large, without scales of blocks. */
  private static final Map<String, String> SAME_SIZE = Map.of("fp8_block", "fp8");

  /** The other way round. */
  private static final Map<String, String> WITH_BLOCKS = Map.of("fp8", "fp8_block");

  /** How tokens choose experts: real routing is skewed so. */
  private static final String DISTRIBUTION = "power_law_1.01";

  private record ProductCall(Product product, double m) {}

  private record Call(KernelFamily family, List<String> texts, List<Double> numbers) {
    static Call of(KernelFamily family, KernelCall call) {
      return new Call(family, call.texts(), Arrays.stream(call.numbers()).boxed().toList());
    }
  }

  /** What is known of the time of products and of other calls. */
  private record Known(Map<ProductCall, KernelTime> products, Map<Call, KernelTime> calls) {}

  private final AcceleratorProfile profile;
  private final Optional<Known> known;
  private final Map<String, Double> launchMillis = new HashMap<>();
  private final Map<KernelFamily, List<KernelSource>> sources = new EnumMap<>(KernelFamily.class);

  Kernels(AcceleratorProfile profile) {
    this(profile, Optional.empty());
  }

  private Kernels(AcceleratorProfile profile, Optional<Known> known) {
    this.profile = profile;
    this.known = known;
    for (KernelFamily family : KernelFamily.values()) {
      sources.put(family, profile.sources(family));
    }
  }

  /** Kernels that remember the time of everything that they were asked for. */
  static Kernels remembering(AcceleratorProfile profile) {
    return new Kernels(profile, Optional.of(new Known(new HashMap<>(), new HashMap<>())));
  }

  KernelTime product(Product product, double m) {
    if (known.isEmpty()) {
      return timeOf(product, m);
    }
    return known
        .get()
        .products()
        .computeIfAbsent(new ProductCall(product, m), any -> timeOf(product, m));
  }

  /**
   * Of a product as it runs within a captured graph. Where the time of its kernel is no more than
   * what launching it took when it was measured, it tells nothing of what the accelerator needs:
   * then the time of a type of elements as large is taken whose kernel was launched quickly.
   */
  private KernelTime timeOf(Product product, double m) {
    KernelTime own = productOf(product.type(), product, m);
    double floor = launchMillis(product.type());
    String other = SAME_SIZE.getOrDefault(product.type(), product.type());
    if (floor < SLOW_LAUNCH_MILLIS
        || own.millis() > NEAR_FLOOR * floor
        || launchMillis(other) >= SLOW_LAUNCH_MILLIS) {
      return own;
    }
    return quicker(own, productOf(other, product, m));
  }

  /** Of a type and of another one whose time may stand in for it. */
  private static KernelTime quicker(KernelTime own, KernelTime other) {
    return other.millis() < own.millis()
        ? other.standingIn(Math.max(other.relativeError(), ASSUMED_ERROR))
        : own;
  }

  private KernelTime productOf(String type, Product product, double m) {
    return time(
        KernelFamily.GEMM,
        KernelCalls.gemm(product(type, m), m, product.outputs(), product.inputs()));
  }

  /** Of the quickest of the measured kernels of a type, in its smallest shape. */
  private double launchMillis(String type) {
    return launchMillis.computeIfAbsent(
        type,
        any ->
            sources.get(KernelFamily.GEMM).stream()
                .filter(source -> source.texts().get(1).equals(any))
                .mapToDouble(this::launchMillis)
                .min()
                .orElse(0));
  }

  private double launchMillis(KernelSource source) {
    double[] least =
        Stream.of("m", "n", "k").mapToDouble(column -> source.ranges().get(column)[0]).toArray();
    return time(KernelFamily.GEMM, KernelCalls.gemm(source.texts(), least[0], least[1], least[2]))
        .millis();
  }

  KernelTime time(KernelFamily family, KernelCall call) {
    // Products are known by themselves.
    if (known.isEmpty() || family == KernelFamily.GEMM) {
      return profile.time(family, call);
    }
    return known
        .get()
        .calls()
        .computeIfAbsent(Call.of(family, call), any -> profile.time(family, call));
  }

  /**
   * What a decoding layer's keys and values take longer than in tables, which read the same ones
   * again and again: between two steps the weights of all layers pass through the L2 cache.
   *
   * @param bytes of keys and values that the layer reads
   */
  double coldMillis(double bytes) {
    return profile.sheet().partInL2(bytes) * L2_GAIN * bytes / bandwidthBytesPerMilli();
  }

  DataSheet sheet() {
    return profile.sheet();
  }

  double bandwidthBytesPerMilli() {
    return profile.sheet().bandwidthBytesPerSecond() / 1e3;
  }

  double flopsPerMilli() {
    return profile.sheet().bf16FlopsPerSecond() / 1e3;
  }

  /**
   * Kernel and type of the cache of attention; the kernel that was measured most for it, of a host
   * with all threads that its data sheet counts.
   */
  List<String> attention(KernelFamily family, String cacheType, double headDim, boolean window) {
    return choose(
        family,
        source ->
            source.texts().get(1).equals(cacheType)
                && source.window() == window
                && holds(source, "head_dim", headDim)
                && hasAllThreads(source),
        List.of(NOT_MEASURED, cacheType));
  }

  private boolean hasAllThreads(KernelSource source) {
    return !sheet().host() || HostKernel.isOfWhole(sheet(), source.texts().get(0));
  }

  private List<String> product(String type, double m) {
    return choose(
        KernelFamily.GEMM,
        source -> source.texts().get(1).equals(type) && holds(source, "m", m),
        List.of(NOT_MEASURED, type));
  }

  /**
   * Of experts. Where the kernel for a type was measured slower than the one for elements as large
   * that have scales of blocks besides, it was none that an engine would keep: then that one's time
   * is taken.
   */
  KernelTime experts(RoutedExperts experts, double tokens, Parallelism parallelism) {
    KernelTime own = experts(experts.type(), experts, tokens, parallelism);
    return Optional.ofNullable(WITH_BLOCKS.get(experts.type()))
        .filter(this::hasExperts)
        .map(other -> quicker(own, experts(other, experts, tokens, parallelism)))
        .orElse(own);
  }

  private KernelTime experts(
      String type, RoutedExperts experts, double tokens, Parallelism parallelism) {
    return time(
        KernelFamily.MOE,
        KernelCalls.moe(
            expertKernel(type, parallelism),
            tokens * parallelism.attentionData(),
            experts.hidden(),
            experts.inner(),
            experts.choices(),
            experts.experts(),
            parallelism.expertTensor(),
            parallelism.expert()));
  }

  private boolean hasExperts(String type) {
    return sources.get(KernelFamily.MOE).stream().anyMatch(source -> isOfExperts(source, type));
  }

  /** The one that was measured most on so many ranks, or else on any. */
  private List<String> expertKernel(String type, Parallelism parallelism) {
    List<String> onAny =
        choose(
            KernelFamily.MOE,
            source -> isOfExperts(source, type),
            List.of(NOT_MEASURED, type, DISTRIBUTION));
    return choose(
        KernelFamily.MOE,
        source ->
            isOfExperts(source, type)
                && holds(source, "moe_tp_size", parallelism.expertTensor())
                && holds(source, "moe_ep_size", parallelism.expert()),
        onAny);
  }

  private static boolean isOfExperts(KernelSource source, String type) {
    return source.texts().get(1).equals(type) && source.texts().get(2).equals(DISTRIBUTION);
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
