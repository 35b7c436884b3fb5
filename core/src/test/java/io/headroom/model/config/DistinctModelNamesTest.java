package io.headroom.model.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.model.GroupedHeads;
import io.headroom.model.LayerKind;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DistinctModelNamesTest {
  private static final String SNAPSHOTS = "/hub/models--org--name/snapshots/";

  @Test
  void theFolderThatDiffersIsNamedBehind() {
    assertThat(names("/m/a/snap/config.json", "/m/b/snap/config.json"))
        .containsExactly("snap", "snap (b)");
    assertThat(names("/m/b/snap/config.json", "/m/a/snap/config.json"))
        .containsExactly("snap", "snap (a)");
  }

  @Test
  void theNearestThatDiffersFromAllBeforeIsTaken() {
    assertThat(names("/p/a/snap/config.json", "/q/a/snap/config.json"))
        .containsExactly("snap", "snap (q)");
    assertThat(names("/p/a/snap.json", "/p/b/snap.json", "/q/b/snap.json"))
        .containsExactly("snap", "snap (b)", "snap (q)");
    assertThat(names("/p/a/snap.json", "/p/b/snap.json", "/q/a/snap.json", "/q/b/snap.json"))
        .containsExactly("snap", "snap (b)", "snap (q)", "snap (q/b)");
  }

  @Test
  void theFileIsNamedWhereFoldersAreTheSame() {
    assertThat(names("/m/snap/config.json", "/m/snap.json", "/m/snap.config.json"))
        .containsExactly("snap", "snap (snap.json)", "snap (snap.config.json)");
  }

  @Test
  void aFolderAboveAllIsTold() {
    assertThat(names("/m/a/snap/config.json", "/snap/config.json"))
        .containsExactly("snap", "snap (/snap/config.json)");
  }

  @Test
  void snapshotsOfOneRepositoryAreToldApartByTheirCommits() {
    assertThat(
            names(
                SNAPSHOTS + "0123456789abcdef0123456789abcdef01234567/config.json",
                SNAPSHOTS + "fedcba9876543210fedcba9876543210fedcba98/config.json"))
        .containsExactly("org/name", "org/name (fedcba9)");
  }

  @Test
  void commitsThatBeginAlikeAreToldApartToo() {
    String second = SNAPSHOTS + "0123456ffff3210fedcba9876543210fedcba987/config.json";

    assertThat(names(SNAPSHOTS + "0123456789abcdef0123456789abcdef01234567/config.json", second))
        .doesNotHaveDuplicates();
  }

  @Test
  void whatIsTheSameKeepsTheName() {
    assertThat(names(configured("/a/snap.json", 2), configured("/b/snap.json", 2)))
        .containsExactly("snap", "snap");
    assertThat(
            names(
                configured("/a/snap.json", 2),
                configured("/b/snap.json", 4),
                configured("/c/snap.json", 4),
                configured("/d/snap.json", 2)))
        .containsExactly("snap", "snap (b)", "snap (b)", "snap");
  }

  @Test
  void aNameThatIsGivenOutIsNotGivenAgain() {
    assertThat(
            names("/a/snap.json", "/b/snap.json", "/m/snap (b)/config.json", "/b/snap/config.json"))
        .doesNotHaveDuplicates()
        .startsWith("snap", "snap (b)", "snap (b) (m)");
  }

  @Test
  void namesStayWhereModelsFollow() {
    List<String> files =
        List.of(
            "/p/a/snap.json", "/p/b/snap.json", "/q/b/snap.json", "/q/a/snap.json", "/snap.json");
    List<String> all = names(files.toArray(String[]::new));

    assertThat(all).doesNotHaveDuplicates();
    for (int count = 1; count < files.size(); count++) {
      assertThat(names(files.subList(0, count).toArray(String[]::new)))
          .isEqualTo(all.subList(0, count));
    }
  }

  /** Of models that all differ. */
  private static List<String> names(String... files) {
    List<ConfiguredModel> models = new ArrayList<>();
    for (String file : files) {
      models.add(configured(file, models.size() + 1));
    }
    return names(models.toArray(ConfiguredModel[]::new));
  }

  private static List<String> names(ConfiguredModel... models) {
    List<ModelSpec> named = DistinctModelNames.of(Arrays.asList(models));
    assertThat(named.stream().map(ModelSpec::layers))
        .containsExactlyElementsOf(
            Arrays.stream(models).map(configured -> configured.model().layers()).toList());
    return named.stream().map(ModelSpec::name).toList();
  }

  private static ConfiguredModel configured(String file, int heads) {
    LayerSpec layer = new LayerSpec(LayerKind.FULL, new GroupedHeads(heads, heads, 8, 8), 0, 0, 1);
    return new ConfiguredModel(
        Path.of(file),
        new ModelSpec(ModelNames.of(Path.of(file)), 64, 0, 0, List.of(layer)),
        Optional.empty());
  }
}
