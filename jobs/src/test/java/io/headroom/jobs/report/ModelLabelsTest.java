package io.headroom.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.measurements.PlannedSweep;
import io.headroom.jobs.results.Manifest;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.ScratchResults;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ModelLabelsTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  /** A model as rows and manifest of a folder have it. */
  private record Given(String name, String id, int layers, int hiddenSize) {}

  private record Folder(String name, List<Given> models) {}

  @Test
  void oneModelHasOneNameInAllFolders() {
    assertThat(
            labels(
                folder("one", new Given("snap", "id", 24, 896)),
                folder("two", new Given("snap", "id", 24, 896))))
        .containsExactly(List.of("snap"), List.of("snap"));
  }

  @Test
  void anotherModelOfTheNameHasItsFolderBehindIt() {
    assertThat(
            labels(
                folder("one", new Given("snap", "id", 24, 896)),
                folder("two", new Given("snap", "other", 24, 896)),
                folder("three", new Given("snap", "other", 24, 896)),
                folder("four", new Given("snap", "third", 24, 896))))
        .containsExactly(
            List.of("snap"), List.of("snap (two)"), List.of("snap (two)"), List.of("snap (four)"));
  }

  /** Where its own name is another's. */
  @Test
  void aModelIsCalledAsInTheFolderThatToldItApart() {
    assertThat(
            labels(
                folder(
                    "one",
                    new Given("snap", "id", 24, 896),
                    new Given("snap (b)", "other", 32, 2048)),
                folder("two", new Given("snap", "other", 32, 2048))))
        .containsExactly(List.of("snap", "snap (b)"), List.of("snap (b)"));
  }

  @Test
  void aNameOfItsOwnIsKept() {
    assertThat(
            labels(
                folder("one", new Given("snap", "id", 24, 896)),
                folder("two", new Given("copy", "id", 24, 896))))
        .containsExactly(List.of("snap"), List.of("copy"));
  }

  /** Results of the first version, whose manifests do not tell. */
  @Test
  void rowsTellModelsApartWhereNoManifestDoes() {
    assertThat(
            labels(
                folder("one", new Given("snap", null, 24, 896), new Given("snap", null, 32, 896)),
                folder("two", new Given("snap", "id", 32, 896)),
                folder("three", new Given("snap", null, 40, 896))))
        .containsExactly(
            List.of("snap", "snap (32 layers of 896 channels)"),
            List.of("snap (32 layers of 896 channels)"),
            List.of("snap (three)"));
  }

  private static Folder folder(String name, Given... models) {
    return new Folder(name, List.of(models));
  }

  /** By folder, in the order of the models. */
  private static List<List<String>> labels(Folder... folders) {
    List<SweepResults> results = new ArrayList<>();
    List<Dataset<Row>> rows = new ArrayList<>();
    for (Folder folder : folders) {
      results.add(new SweepResults(folder.name(), folder.name(), manifest(folder), "measurements"));
      rows.add(SPARK.session().createDataFrame(rows(folder), MeasurementTable.SCHEMA));
    }
    List<Dataset<Row>> labelled = ModelLabels.toldApart(results, rows);
    assertThat(labelled).allMatch(table -> table.schema().equals(MeasurementTable.SCHEMA));
    return labelled.stream()
        .map(
            table ->
                table.orderBy("layers", "model").collectAsList().stream()
                    .map(row -> row.<String>getAs("model"))
                    .toList())
        .toList();
  }

  private static List<Row> rows(Folder folder) {
    return folder.models().stream()
        .map(
            model ->
                ScratchResults.measured(model.name(), 2, "f32", 8)
                    .set("layers", model.layers())
                    .set("hidden_size", model.hiddenSize())
                    .build())
        .toList();
  }

  private static Manifest manifest(Folder folder) {
    List<PlannedSweep.NamedModel> models =
        folder.models().stream()
            .filter(model -> model.id() != null)
            .map(model -> new PlannedSweep.NamedModel(model.name(), model.id()))
            .toList();
    return Manifest.of(new PlannedSweep("plan", 2, models, null, 1, 1, "workload"));
  }
}
