package io.headroom.plan.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.accelerator.DataSheet;
import io.headroom.plan.accelerator.HostKernel;
import io.headroom.plan.accelerator.KernelFamily;
import io.headroom.plan.accelerator.KernelModel;
import io.headroom.plan.accelerator.KernelSource;
import io.headroom.plan.accelerator.KernelVariant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HostKernelsTest {
  private static final String TYPE = "bfloat16";

  /** However much more was measured of fewer threads, or of sequences side by side. */
  @Test
  void attentionIsThatOfAllThreadsOfTheHost() {
    SortedMap<String, KernelVariant> variants = new TreeMap<>();
    add(variants, new HostKernel("vector", "made-up", 1, 1), 90);
    add(variants, new HostKernel("vector", "made-up", 2, 1), 5);
    add(variants, new HostKernel("vector", "made-up", 2, 2), 50);
    AcceleratorProfile profile =
        new AcceleratorProfile(
            DataSheet.ofHost("host", 1e10, 1e10, 1e11, 3.2e7, 2, "made up"),
            new TreeMap<>(),
            new TreeMap<>(
                Map.of(KernelFamily.DECODE, KernelModel.ofPhysics(KernelFamily.DECODE, variants))));

    assertThat(new Kernels(profile).attention(KernelFamily.DECODE, TYPE, 64, false))
        .containsExactly("vector made-up threads=2", TYPE);
  }

  private static void add(Map<String, KernelVariant> variants, HostKernel kernel, int rows) {
    double[] coefficients = new double[KernelFamily.DECODE.physics().termNames().size()];
    KernelSource source =
        new KernelSource(List.of(kernel.source(), TYPE), false, new TreeMap<>(), rows);
    variants.put(kernel.source() + " " + TYPE, new KernelVariant(source, coefficients));
  }
}
