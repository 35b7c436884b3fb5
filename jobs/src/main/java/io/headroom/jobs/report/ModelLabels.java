package io.headroom.jobs.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.headroom.jobs.measurements.PlannedSweep;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Tells models of one name apart that are not the same, in one folder or in several. The first
 * keeps the name; another has its folder behind it, or its size where both are of one folder.
 * Whether two are the same the manifests say, or where one does not the rows, as far as they can.
 */
final class ModelLabels {
  private final List<Labelled> known = new ArrayList<>();
  private final Set<String> taken = new HashSet<>();

  private ModelLabels() {}

  /**
   * @param id of its configuration; empty where the manifest does not tell, as those of the first
   *     version
   */
  private record Model(String name, Optional<String> id, Integer layers, Integer hiddenSize) {

    boolean isSame(Model other) {
      if (id.isPresent() && other.id.isPresent()) {
        return id.equals(other.id);
      }
      return name.equals(other.name)
          && Objects.equals(layers, other.layers)
          && Objects.equals(hiddenSize, other.hiddenSize);
    }

    /** Whether a row is of it. */
    Column condition() {
      return col("model")
          .equalTo(name)
          .and(col("layers").eqNullSafe(lit(layers)))
          .and(col("hidden_size").eqNullSafe(lit(hiddenSize)));
    }
  }

  private record Labelled(int folder, Model model, String label) {}

  /**
   * The rows with column {@code model} as it is to be shown.
   *
   * @param rows of each folder
   */
  static List<Dataset<Row>> toldApart(List<SweepResults> folders, List<Dataset<Row>> rows) {
    List<List<Model>> models =
        IntStream.range(0, folders.size())
            .mapToObj(i -> models(planned(folders.get(i)), rows.get(i)))
            .toList();
    ModelLabels labels = new ModelLabels();
    List<Dataset<Row>> labelled = new ArrayList<>();
    for (int i = 0; i < folders.size(); i++) {
      Column shown = col("model");
      for (Model model : models.get(i)) {
        String label = labels.label(i, folders.get(i).name(), model);
        if (!label.equals(model.name())) {
          shown = when(model.condition(), lit(label)).otherwise(shown);
        }
      }
      labelled.add(rows.get(i).withColumn("model", shown));
    }
    return List.copyOf(labelled);
  }

  private static List<Model> models(PlannedSweep planned, Dataset<Row> rows) {
    return rows
        .where(col("model").isNotNull())
        .select("model", "layers", "hidden_size")
        .distinct()
        .orderBy("model", "layers", "hidden_size")
        .collectAsList()
        .stream()
        .map(
            row ->
                new Model(
                    row.getAs("model"),
                    id(planned, row.getAs("model")),
                    row.getAs("layers"),
                    row.getAs("hidden_size")))
        .toList();
  }

  /** Empty where the manifest has none or several: then names did not tell models apart. */
  private static Optional<String> id(PlannedSweep planned, String name) {
    List<String> ids =
        planned.models().stream()
            .filter(model -> model.name().equals(name))
            .map(PlannedSweep.NamedModel::modelId)
            .distinct()
            .toList();
    return ids.size() == 1 ? Optional.of(ids.get(0)) : Optional.empty();
  }

  private static PlannedSweep planned(SweepResults folder) {
    return folder.manifest().part(PlannedSweep.class).orElse(PlannedSweep.UNKNOWN);
  }

  private String label(int folder, String folderName, Model model) {
    List<Labelled> namesakes =
        known.stream().filter(other -> other.model().name().equals(model.name())).toList();
    String label =
        namesakes.stream()
            .filter(other -> other.model().isSame(model))
            .findFirst()
            .or(() -> namesakes.isEmpty() ? Optional.empty() : same(model))
            .map(Labelled::label)
            .orElseGet(() -> free(folder, folderName, model, namesakes));
    known.add(new Labelled(folder, model, label));
    return label;
  }

  /** By another name, where its own is another model's. */
  private Optional<Labelled> same(Model model) {
    return known.stream().filter(other -> other.model().isSame(model)).findFirst();
  }

  private String free(int folder, String folderName, Model model, List<Labelled> namesakes) {
    boolean inOneFolder = namesakes.stream().anyMatch(other -> other.folder() == folder);
    String difference =
        inOneFolder
            ? "%s layers of %s channels".formatted(model.layers(), model.hiddenSize())
            : folderName;
    return Stream.concat(
            Stream.of(model.name(), "%s (%s)".formatted(model.name(), difference)),
            IntStream.iterate(2, number -> number + 1)
                .mapToObj(number -> "%s (%s, %d)".formatted(model.name(), difference, number)))
        .filter(taken::add)
        .findFirst()
        .orElseThrow();
  }
}
