package io.headroom.attention.vector;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.headroom.UserException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the kernels, once per JVM: the Vector API where its module is readable and HotSpot's C2
 * compiles it to vectors of at least 128 bits with fused multiply-add, plain Java otherwise. The
 * ladder is that of Apache Lucene's {@code VectorizationProvider}.
 */
final class KernelsLadder {
  /** {@code scalar} or {@code panama}: that or an error. */
  static final String KERNELS_PROPERTY = "headroom.kernels";

  /** Bits of a vector: 128, 256 or 512, at most what the processor has. */
  static final String BITS_PROPERTY = "headroom.vector.bits";

  private static final Logger LOG = LoggerFactory.getLogger(KernelsLadder.class);
  private static final String VECTOR_MODULE = "jdk.incubator.vector";
  private static final String PANAMA_CLASS = "io.headroom.attention.vector.PanamaKernels";
  private static final int LEAST_BITS = 128;
  private static final int MOST_BITS = 512;

  private static Kernels chosen;

  private KernelsLadder() {}

  /**
   * The kernels of this JVM.
   *
   * @throws UserException if a property asks for what cannot be had
   */
  static synchronized Kernels kernels() {
    if (chosen == null) {
      String forced = System.getProperty(KERNELS_PROPERTY, "");
      chosen = choose(forced, KernelsLadder::whyNoPanama, KernelsLadder::panama);
      LOG.info("attention kernels: {}", chosen.detail());
    }
    return chosen;
  }

  static Kernels choose(
      String forced, Supplier<Optional<String>> whyNoPanama, Supplier<Kernels> panama) {
    if (!List.of("", "scalar", "panama").contains(forced)) {
      throw new UserException(
          "system property %s must be scalar or panama: %s".formatted(KERNELS_PROPERTY, forced));
    }
    if (forced.equals("scalar")) {
      return new ScalarKernels();
    }
    Optional<String> obstacle = whyNoPanama.get();
    if (obstacle.isEmpty()) {
      return panama.get();
    }
    if (forced.equals("panama")) {
      throw new UserException(
          "system property %s is panama, which cannot be had: %s"
              .formatted(KERNELS_PROPERTY, obstacle.get()));
    }
    LOG.warn("attention runs without vectors, many times slower: {}", obstacle.get());
    return new ScalarKernels();
  }

  private static Optional<String> whyNoPanama() {
    Optional<Module> module = ModuleLayer.boot().findModule(VECTOR_MODULE);
    if (module.isEmpty() || !KernelsLadder.class.getModule().canRead(module.get())) {
      return Optional.of(
          "module %s is not readable, start Java with --add-modules=%s"
              .formatted(VECTOR_MODULE, VECTOR_MODULE));
    }
    return whyNoC2(
            System.getProperty("java.vm.name", ""),
            System.getProperty("java.vm.info", ""),
            Boolean.parseBoolean(vmOption("UseJVMCICompiler", "false")))
        .or(KernelsLadder::whyNoFma)
        .or(KernelsLadder::whyTooNarrow);
  }

  /** By what a JVM says of itself: the properties {@code java.vm.name} and {@code java.vm.info}. */
  static Optional<String> whyNoC2(String vmName, String vmInfo, boolean otherCompiler) {
    String name = vmName.toLowerCase(Locale.ROOT);
    if (!name.contains("openjdk") && !name.contains("hotspot")) {
      return Optional.of("the JVM is not HotSpot: " + vmName);
    }
    if (vmInfo.contains("interpreted") || vmInfo.contains("emulated-client") || otherCompiler) {
      return Optional.of("the JVM runs without its C2 compiler: " + vmInfo);
    }
    return Optional.empty();
  }

  private static Optional<String> whyNoFma() {
    return Boolean.parseBoolean(vmOption("UseFMA", "false"))
        ? Optional.empty()
        : Optional.of("the processor has no fused multiply-add");
  }

  private static Optional<String> whyTooNarrow() {
    int preferred = preferredBits();
    return preferred >= LEAST_BITS
        ? Optional.empty()
        : Optional.of("vectors have %d bits, fewer than %d".formatted(preferred, LEAST_BITS));
  }

  /** The value of an option of this JVM, or {@code otherwise} if it has no such option. */
  static String vmOption(String name, String otherwise) {
    HotSpotDiagnosticMXBean vm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (vm == null) {
      return otherwise;
    }
    try {
      return vm.getVMOption(name).getValue();
    } catch (IllegalArgumentException e) {
      return otherwise;
    }
  }

  private static int preferredBits() {
    try {
      Object species =
          Class.forName(VECTOR_MODULE + ".FloatVector").getField("SPECIES_PREFERRED").get(null);
      Class<?> type = Class.forName(VECTOR_MODULE + ".VectorSpecies");
      return (int) type.getMethod("vectorBitSize").invoke(species);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot ask the Vector API for its width", e);
    }
  }

  private static Kernels panama() {
    vectorBits(preferredBits());
    try {
      return Class.forName(PANAMA_CLASS)
          .asSubclass(Kernels.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("cannot make " + PANAMA_CLASS, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot load " + PANAMA_CLASS, e);
    }
  }

  /**
   * Bits of the vectors to use, given what the processor prefers.
   *
   * @throws UserException if the property asks for another width than 128, 256, 512, or for more
   *     than the processor has
   */
  static int vectorBits(int preferred) {
    String asked = System.getProperty(BITS_PROPERTY);
    if (asked == null) {
      return Math.min(preferred, MOST_BITS);
    }
    return vectorBits(asked, preferred);
  }

  static int vectorBits(String asked, int preferred) {
    if (!List.of("128", "256", "512").contains(asked) || Integer.parseInt(asked) > preferred) {
      throw new UserException(
          "system property %s must be 128, 256 or 512, and at most the %d of this processor: %s"
              .formatted(BITS_PROPERTY, preferred, asked));
    }
    return Integer.parseInt(asked);
  }
}
