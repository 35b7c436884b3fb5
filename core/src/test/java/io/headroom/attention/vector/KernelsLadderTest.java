package io.headroom.attention.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelsLadderTest {
  private static final String MODULE = "--add-modules=jdk.incubator.vector";

  private final Kernels other = new ScalarKernels();

  @Test
  void takesPanamaWhereNothingStandsInTheWay() {
    assertThat(KernelsLadder.choose("", Optional::empty, this::panama)).isSameAs(other);
    assertThat(KernelsLadder.choose("panama", Optional::empty, this::panama)).isSameAs(other);
    assertThat(KernelsLadder.choose("scalar", Optional::empty, this::panama)).isNotSameAs(other);
  }

  @Test
  void fallsBackUnlessForced() {
    assertThat(KernelsLadder.choose("", () -> Optional.of("reasons"), this::panama).detail())
        .isEqualTo("scalar");
    assertThatThrownBy(
            () -> KernelsLadder.choose("panama", () -> Optional.of("reasons"), this::panama))
        .isInstanceOf(UserException.class)
        .hasMessage("system property headroom.kernels is panama, which cannot be had: reasons");
    assertThatThrownBy(() -> KernelsLadder.choose("simd", Optional::empty, this::panama))
        .isInstanceOf(UserException.class)
        .hasMessage("system property headroom.kernels must be scalar or panama: simd");
  }

  @Test
  void wantsC2() {
    String server = "OpenJDK 64-Bit Server VM";
    assertThat(KernelsLadder.whyNoC2(server, "mixed mode, sharing", false)).isEmpty();
    assertThat(KernelsLadder.whyNoC2("Java HotSpot(TM) 64-Bit Server VM", "mixed mode", false))
        .isEmpty();
    assertThat(KernelsLadder.whyNoC2("Eclipse OpenJ9 VM", "JRE 17", false))
        .contains("the JVM is not HotSpot: Eclipse OpenJ9 VM");
    assertThat(KernelsLadder.whyNoC2(server, "interpreted mode", false))
        .contains("the JVM runs without its C2 compiler: interpreted mode");
    assertThat(KernelsLadder.whyNoC2(server, "mixed mode, emulated-client", false)).isPresent();
    assertThat(KernelsLadder.whyNoC2(server, "mixed mode", true)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"64", "512", "1024", "many"})
  void refusesWidthsThatTheProcessorLacks(String bits) {
    assertThatThrownBy(() -> KernelsLadder.vectorBits(bits, 256))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "system property headroom.vector.bits must be 128, 256 or 512, and at most the 256 of this processor: "
                + bits);
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 256})
  void takesNarrowerWidths(int bits) {
    assertThat(KernelsLadder.vectorBits(String.valueOf(bits), 256)).isEqualTo(bits);
  }

  @Test
  void worksWithoutTheModuleAndWarnsOnce() throws Exception {
    String log = run(List.of());
    assertThat(log)
        .containsOnlyOnce(
            "attention runs without vectors, many times slower: module jdk.incubator.vector is not readable, start Java with --add-modules=jdk.incubator.vector");
    assertThat(log).containsOnlyOnce("attention kernels: scalar");
    assertThat(log).contains("detail scalar");
  }

  @Test
  void fallsBackWithoutC2() throws Exception {
    assertThat(run(List.of(MODULE, "-Xint"))).contains("detail scalar", "without its C2 compiler");
    assertThat(run(List.of(MODULE, "-XX:TieredStopAtLevel=1")))
        .contains("detail scalar", "without its C2 compiler");
  }

  @Test
  void forcedPanamaWithoutTheModuleIsAnError() throws Exception {
    assertThat(run(List.of("-Dheadroom.kernels=panama")))
        .contains("system property headroom.kernels is panama, which cannot be had: module")
        .doesNotContain("detail");
  }

  private Kernels panama() {
    return other;
  }

  /** Another JVM that asks the ladder twice. */
  private static String run(List<String> options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Asking.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream output = process.getInputStream()) {
      String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return text;
    }
  }

  static final class Asking {
    public static void main(String[] arguments) {
      KernelsLadder.kernels();
      System.out.println("detail " + KernelsLadder.kernels().detail());
    }
  }
}
