package io.headroom.attention.nd4j;

import com.sun.jna.NativeLibrary;
import io.headroom.attention.EngineUnavailableException;
import java.util.Locale;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.nd4j.common.config.ND4JSystemProperties;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** ND4J and OpenBLAS as this process loaded them: once, when first asked for. */
final class Nd4jRuntime {
  private final String openBlas;

  private Nd4jRuntime(String openBlas) {
    this.openBlas = openBlas;
  }

  /**
   * Loads the native libraries. ND4J's own report of its start is off unless the system property
   * {@code org.nd4j.log.initialization} asks for it.
   *
   * @throws EngineUnavailableException if a native library is missing or does not load
   */
  static Nd4jRuntime load() {
    if (System.getProperty(ND4JSystemProperties.LOG_INITIALIZATION) == null) {
      System.setProperty(ND4JSystemProperties.LOG_INITIALIZATION, "false");
    }
    try {
      Nd4j.getEnvironment();
      return new Nd4jRuntime(describeOpenBlas());
    } catch (LinkageError e) {
      throw new EngineUnavailableException("nd4j", e);
    }
  }

  /** Version and kernel that OpenBLAS itself reports, such as {@code openblas-0.3.31-zen}. */
  String openBlas() {
    return openBlas;
  }

  /**
   * Bytes that may still be taken outside the heap: of JavaCPP's limit ({@code
   * org.bytedeco.javacpp.maxbytes}), which ND4J's arrays do not heed by themselves, and of the
   * limit of the whole process ({@code org.bytedeco.javacpp.maxphysicalbytes}) once the heap has
   * grown.
   *
   * @param heapBytes by which the heap is going to be used more
   * @param ownBytes of buffers that count as free
   * @return {@link Long#MAX_VALUE} where there is no limit
   */
  static long freeBytes(long heapBytes, long ownBytes) {
    long free = Long.MAX_VALUE;
    if (Pointer.maxBytes() > 0) {
      free = Pointer.maxBytes() - Pointer.totalBytes() - Nd4jBuffer.heldBytes() + ownBytes;
    }
    if (Pointer.maxPhysicalBytes() > 0) {
      Runtime heap = Runtime.getRuntime();
      long growthBytes = Math.min(heapBytes, heap.maxMemory() - heap.totalMemory());
      long physicalBytes = Pointer.physicalBytes() + growthBytes - ownBytes;
      free = Math.min(free, Pointer.maxPhysicalBytes() - physicalBytes);
    }
    return Math.max(0, free);
  }

  /**
   * Threads of OpenBLAS and of ND4J's own loops, for the whole process.
   *
   * @throws IllegalStateException if OpenBLAS does not take so many
   */
  void useThreads(int threads) {
    if (openblas_nolapack.blas_get_num_threads() == threads
        && Nd4j.getEnvironment().maxMasterThreads() == threads) {
      return;
    }
    openblas_nolapack.blas_set_num_threads(threads);
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
    Nd4j.getEnvironment().setMaxThreads(threads);
    Nd4j.getEnvironment().setMaxMasterThreads(threads);
    int taken = openblas_nolapack.blas_get_num_threads();
    if (taken != threads) {
      throw new IllegalStateException(
          "OpenBLAS takes %d threads and not %d".formatted(taken, threads));
    }
  }

  /** JavaCPP's bindings leave out the two functions by which OpenBLAS describes itself. */
  private static String describeOpenBlas() {
    String path = Loader.load(org.bytedeco.openblas.global.openblas_nolapack.class);
    NativeLibrary library = NativeLibrary.getInstance(path);
    String configuration = call(library, "openblas_get_config");
    String kernel = call(library, "openblas_get_corename");
    // "OpenBLAS 0.3.31 DYNAMIC_ARCH NO_AFFINITY Haswell MAX_THREADS=64"
    String version = configuration.split(" ", -1)[1];
    return "openblas-%s-%s".formatted(version, kernel).toLowerCase(Locale.ROOT);
  }

  private static String call(NativeLibrary library, String function) {
    return library.getFunction(function).invokeString(new Object[0], false);
  }
}
