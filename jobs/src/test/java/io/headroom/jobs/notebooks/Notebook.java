package io.headroom.jobs.notebooks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A Jupyter notebook, format 4.5. */
record Notebook(JsonNode content) {
  private static final String ANSWERS = "answers";

  static Notebook read(Path file) throws IOException {
    return parse(Files.readString(file));
  }

  static Notebook parse(String json) throws IOException {
    return new Notebook(new ObjectMapper().readTree(json));
  }

  static Path folder() {
    return SharedData.projectRoot().resolve("notebooks");
  }

  /** Those of the project, by name. */
  static List<Path> committed() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files.filter(file -> file.toString().endsWith(".ipynb")).sorted().toList();
    }
  }

  List<JsonNode> cells() {
    return StreamSupport.stream(content.path("cells").spliterator(), false).toList();
  }

  /** What would change with every run, and so make every difference unreadable. */
  List<String> noise() {
    List<String> noise = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (JsonNode cell : cells()) {
      String id = cell.path("id").asText();
      if (!id.matches("[a-z-]+")) {
        noise.add("cell '%s' has no name as its id".formatted(id));
      }
      if (!ids.add(id)) {
        noise.add("cell '%s' is there twice".formatted(id));
      }
      if (!cell.path("outputs").isEmpty()) {
        noise.add("cell '%s' has outputs".formatted(id));
      }
      if (cell.hasNonNull("execution_count")) {
        noise.add("cell '%s' has an execution count".formatted(id));
      }
      if (cell.path("metadata").has("execution")) {
        noise.add("cell '%s' has times of its execution".formatted(id));
      }
    }
    JsonNode language = content.path("metadata").path("language_info");
    if (language.has("version")) {
      noise.add("the notebook has a version of Python");
    }
    return noise;
  }

  boolean endsInAnswers() {
    long tagged = cells().stream().filter(Notebook::isTaggedAnswers).count();
    return tagged == 1 && isTaggedAnswers(cells().get(cells().size() - 1));
  }

  /** The JSON that the cell tagged so has shown. */
  JsonNode answers() {
    return cells().stream()
        .filter(Notebook::isTaggedAnswers)
        .flatMap(cell -> StreamSupport.stream(cell.path("outputs").spliterator(), false))
        .map(output -> output.path("data").path("application/json"))
        .filter(JsonNode::isObject)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no answers in " + content));
  }

  private static boolean isTaggedAnswers(JsonNode cell) {
    return StreamSupport.stream(cell.path("metadata").path("tags").spliterator(), false)
        .anyMatch(tag -> tag.asText().equals(ANSWERS));
  }
}
