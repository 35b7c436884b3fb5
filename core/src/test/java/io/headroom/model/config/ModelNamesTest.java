package io.headroom.model.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelNamesTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  @ParameterizedTest
  @CsvSource({
    "/models/snap/config.json, snap",
    "/models/snap.json, snap",
    "/models/snap.config.json, snap",
    "/models/v1.5.json, v1.5",
    "/config.json, config",
    "/hub/models--org--name/snapshots/COMMIT/config.json, org/name",
    "/hub/models--meta-llama--Llama-2-7b-hf/snapshots/main/config.json, meta-llama/Llama-2-7b-hf",
    "/hub/models--gpt2/snapshots/COMMIT/config.json, gpt2",
    "/hub/models--org--name/snapshots/COMMIT/text/config.json, text",
    "/hub/models--org--name/snapshots/COMMIT/other.json, other",
    "/hub/models--org--name/refs/COMMIT/config.json, COMMIT",
    "/hub/models--/snapshots/COMMIT/config.json, COMMIT",
    "/hub/datasets--org--name/snapshots/COMMIT/config.json, COMMIT"
  })
  void aModelIsCalledByThePlaceOfItsFile(String file, String name) {
    assertThat(ModelNames.of(Path.of(file.replace("COMMIT", COMMIT))))
        .isEqualTo(name.replace("COMMIT", COMMIT));
  }

  /** Ids of cells in results of the first version hold such names. */
  @Test
  void theFileOrFolderNamesItWhereverItLies() {
    assertThat(
            ModelNames.ofFileOrFolder(
                Path.of("/hub/models--org--name/snapshots/" + COMMIT + "/config.json")))
        .isEqualTo(COMMIT);
    assertThat(ModelNames.ofFileOrFolder(Path.of("/a/./b/../snap/config.json"))).isEqualTo("snap");
  }

  @Test
  void aRelativePathIsNamedLikeTheWholeOne() {
    assertThat(ModelNames.of(Path.of("snap/config.json"))).isEqualTo("snap");
    assertThat(ModelNames.of(Path.of("config.json")))
        .isEqualTo(Path.of("").toAbsolutePath().getFileName().toString());
  }
}
