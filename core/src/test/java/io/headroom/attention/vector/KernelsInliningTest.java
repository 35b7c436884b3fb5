package io.headroom.attention.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.testkit.ChildJvm;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Asks C2 how it compiled the kernels. An operation whose vector it does not know exactly is a
 * call, for which the vector is allocated. Measured allocation shows that only now and then: it
 * depends on how far the profiles were when the compiler came by.
 */
class KernelsInliningTest {
  private static final List<String> BLOCKS =
      List.of(
          "multiplyBfloat16_4x4",
          "multiplyFloat16_4x4",
          "multiplyFloat8_4x4",
          "multiplyInt8_4x4",
          "multiplyInt4_4x4");

  /** As JDK 17 and 25 say it. */
  private static final String FAILED = "(failed to inline \\(intrinsic\\)|late inline failed)";

  @Test
  void everyVectorOperationIsAnInstruction() {
    Assumptions.assumeFalse(
        KernelsLadder.kernels() instanceof ScalarKernels, "scalar kernels have no vectors");
    ChildJvm.Result result =
        ChildJvm.run(
            DecodeEveryStoredPrecision.class,
            List.of(
                "--add-modules=jdk.incubator.vector",
                "-Xbatch",
                "-XX:-UseOnStackReplacement",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:+PrintCompilation",
                "-XX:CompileCommand=PrintInlining,*.Panama*::*"),
            entry -> true);

    assertThat(result.exitStatus()).isZero();
    for (String block : BLOCKS) {
      assertThat(result.lines())
          .anyMatch(line -> line.matches(".* 4 +\\S+PanamaStoredBlocks::" + block + " .*"));
    }
    assertThat(result.lines())
        .anyMatch(line -> line.matches(".*VectorSupport::store .*\\(intrinsic\\).*"))
        .noneMatch(line -> line.matches(".*VectorSupport::.*" + FAILED + ".*"));
  }
}
