package io.headroom.peers;

import com.sun.jna.NativeLibrary;
import io.headroom.kvcache.KvPrecision;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;

/** LibTorch's {@code scaled_dot_product_attention} on the CPU. */
final class LibTorchPeer implements Peer {
  private static final Pattern VERSION = Pattern.compile("TORCH_VERSION=([^,\\s]+)");

  static {
    // Once a process, and before anything else.
    torch.set_num_interop_threads(1);
  }

  @Override
  public String name() {
    return "libtorch";
  }

  @Override
  public String detail() {
    return "libtorch-%s, kernels for %s, BLAS openblas-%s"
        .formatted(version(), torch.get_cpu_capability().getString(), blasCore());
  }

  private static String version() {
    Matcher version = VERSION.matcher(torch.show_config().getString());
    return version.find() ? version.group(1) : "of unknown version";
  }

  /** It links the OpenBLAS that JavaCPP brings and ND4J uses too: one copy in the process. */
  private static String blasCore() {
    NativeLibrary library = NativeLibrary.getInstance(Loader.load(openblas_nolapack.class));
    return library.getFunction("openblas_get_corename").invokeString(new Object[0], false);
  }

  @Override
  public Optional<String> unsupported(Workload workload) {
    return workload.precision() == KvPrecision.F32 || workload.precision() == KvPrecision.BF16
        ? Optional.empty()
        : Optional.of(
            "scaled_dot_product_attention is measured with f32 and bf16 keys and values, it takes no quantised ones");
  }

  @Override
  public PreparedAttention prepare(Workload workload, BenchmarkData data) {
    return new LibTorchAttention(workload, data);
  }
}
