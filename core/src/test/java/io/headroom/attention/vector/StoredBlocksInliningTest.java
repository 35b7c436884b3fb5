package io.headroom.attention.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.testkit.ChildJvm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Asks C2 how it compiled the register blocks. Measured allocation shows only now and then that a
 * block lacks room to be inlined: most processes have the profile that makes up for it.
 */
class StoredBlocksInliningTest {
  private static final List<String> BLOCKS =
      List.of(
          "multiplyBfloat16_4x4", "multiplyFloat16_4x4", "multiplyInt8_4x4", "multiplyInt4_4x4");

  /** What blocks of four rows call behind their loops only. */
  private static final String BEHIND_THE_LOOP = ".*FloatVector::(fromArray|add|intoArray) .*";

  @Test
  void noCallInTheLoopsDependsOnSharedProfiles() {
    Assumptions.assumeTrue(
        KernelsLadder.kernels().detail().equals("panama-512-fma"),
        "only vectors of 512 bits convert stored numbers in registers");
    ChildJvm.Result result =
        ChildJvm.run(
            DecodeEveryStoredPrecision.class,
            List.of(
                "--add-modules=jdk.incubator.vector",
                "-Xbatch",
                "-XX:-UseOnStackReplacement",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:+PrintCompilation",
                "-XX:CompileCommand=PrintInlining,*.PanamaStoredBlocks::*"),
            entry -> true);

    assertThat(result.exitStatus()).isZero();
    for (String block : BLOCKS) {
      assertThat(result.lines())
          .anyMatch(line -> line.matches(".* 4 +\\S+PanamaStoredBlocks::" + block + " .*"));
    }
    assertThat(callsByProfile(result.lines()))
        .isNotEmpty()
        .allMatch(call -> call.matches(BEHIND_THE_LOOP));
  }

  /** The calls of a block in which C2 took a profile to tell which method is meant. */
  private static List<String> callsByProfile(List<String> lines) {
    int indentation =
        lines.stream()
            .filter(line -> line.contains("jdk.incubator.vector") && line.contains("@ "))
            .mapToInt(line -> line.indexOf('@'))
            .min()
            .orElseThrow();
    List<String> calls = new ArrayList<>();
    String call = "";
    for (String line : lines) {
      call = line.indexOf('@') == indentation ? line.strip() : call;
      if (line.contains("TypeProfile")) {
        calls.add(call);
      }
    }
    return calls;
  }
}
