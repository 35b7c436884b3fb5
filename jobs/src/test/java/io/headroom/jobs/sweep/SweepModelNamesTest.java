package io.headroom.jobs.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.ScratchSweep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Models that differ have names that differ, wherever their files lie; those that do not are one.
 */
class SweepModelNamesTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark(2);
  @TempDir Path folder;

  private static final String SNAPSHOT =
      "models--org--tiny/snapshots/0123456789abcdef0123456789abcdef01234567";
  private static final String REST =
      """
      sequences { lengths = [3] }
      decode-tokens = 1
      measure { min-samples = 1, max-seconds-per-cell = 0.01 }
      """;

  @Test
  void foldersOfOneNameAreToldApart() throws IOException {
    model("a/snap", 2);
    model("b/snap", 4);
    model(SNAPSHOT, 8);
    ScratchSweep sweep =
        sweep("a/snap/config.json", "b/snap/config.json", SNAPSHOT + "/config.json");

    CommandRun run = sweep.run();

    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    assertThat(names(sweep.measurements(SPARK.session()).orderBy("hidden_size").collectAsList()))
        .containsExactly("snap", "snap (b)", "org/tiny");
    assertThat(names(sweep.summary(SPARK.session()).orderBy("hidden_size").collectAsList()))
        .containsExactly("snap", "snap (b)", "org/tiny");
    assertThat(run.out())
        .anyMatch(line -> line.startsWith("snap "))
        .anyMatch(line -> line.startsWith("snap (b) "))
        .anyMatch(line -> line.startsWith("org/tiny "));
    JsonNode manifest = new ObjectMapper().readTree(sweep.text("manifest.json"));
    assertThat(manifest.path("cell_ids").asInt()).isEqualTo(2);
    List<String> ids = new ArrayList<>();
    manifest.path("models").forEach(model -> ids.add(model.path("model_id").asText()));
    assertThat(ids).hasSize(3).doesNotHaveDuplicates().allMatch(id -> id.matches("[0-9a-f]{32}"));
  }

  @Test
  void oneConfigurationUnderTwoNamesIsMeasuredOnce() throws IOException {
    model("mine", 2);
    model("copy", 2);
    ScratchSweep sweep = sweep("mine/config.json", "copy/config.json");

    CommandRun run = sweep.run();

    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    assertThat(names(sweep.measurements(SPARK.session()).collectAsList())).containsExactly("mine");
    assertThat(run.err())
        .contains(
            "sweep: 1 cell of copy comes to the same as one of mine, measured once under that name");
  }

  /** Rows of one cell would have two names. */
  @Test
  void aFolderIsNotResumedUnderAnotherName() throws IOException {
    model("mine", 2);
    model("copy", 2);
    ScratchSweep sweep = sweep("mine/config.json");
    assertThat(sweep.run().exitStatus()).isZero();

    CommandRun run =
        sweep.run("--resume", "--set", "sweep.models=[%s/copy/config.json]".formatted(folder));

    assertThat(run.exitStatus()).isEqualTo(2);
    assertThat(run.err()).singleElement().asString().contains("of another configuration; allowed:");
  }

  private ScratchSweep sweep(String... models) {
    return ScratchSweep.of(
        folder, "models = [\"%s\"]\n%s".formatted(String.join("\", \"", models), REST));
  }

  private void model(String path, int heads) throws IOException {
    Path model = Files.createDirectories(folder.resolve(path));
    Files.writeString(
        model.resolve("config.json"),
        """
        {"model_type": "llama", "hidden_size": %d, "num_attention_heads": %d, "num_hidden_layers": 2}
        """
            .formatted(16 * heads, heads));
  }

  private static List<String> names(List<Row> rows) {
    return rows.stream().map(row -> row.<String>getAs("model")).toList();
  }
}
