package io.headroom.plan.accelerator;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CommittedProfilesTest {
  private static final Path FOLDER = SharedData.projectRoot().resolve("conf/accelerators");
  private static final List<String> MEASURED = List.of("a100_sxm", "h100_sxm", "l40s");
  private static final KernelCall DECODE =
      new KernelCall(List.of("vllm_flash_attn_fa3", "bfloat16"), 8, 32, 8, 128, 1000, 1, 0);

  static Stream<String> names() {
    return DataSheet.known().stream().map(DataSheet::name);
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyDataSheetHasItsProfile(String name) throws IOException {
    Path file = FOLDER.resolve(name + ".json");
    assertThat(Files.size(file)).isLessThanOrEqualTo(ProfileFile.MOST_BYTES);

    AcceleratorProfile profile = ProfileFile.read(file);

    assertThat(profile.sheet()).isEqualTo(DataSheet.named(name).orElseThrow());
    // Tables of attention name no source, which is in the notice.
    assertThat(profile.provenance().values())
        .isNotEmpty()
        .allMatch(from -> from.contains("aiconfigurator") || from.contains("names no source"));
    KernelTime time = profile.time(KernelFamily.DECODE, DECODE);
    assertThat(time.basis() == TimeBasis.DATA_SHEET).isEqualTo(!MEASURED.contains(name));
    for (KernelFamily family : KernelFamily.values()) {
      assertThat(profile.sources(family)).as("%s %s", name, family).isNotEmpty();
    }
  }

  @Test
  void theNoticeAndTheLicenceLieBesideThem() throws IOException {
    assertThat(Files.readString(FOLDER.resolve("NOTICE")))
        .contains("aiconfigurator", "NVIDIA CORPORATION", "LICENSE-APACHE-2.0.txt");
    assertThat(Files.readString(FOLDER.resolve("LICENSE-APACHE-2.0.txt")))
        .contains("Apache License", "Version 2.0, January 2004");
  }
}
