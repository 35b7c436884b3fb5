package io.headroom.jobs.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What Spark wrote of the applications that processes of a test ran. */
public final class SparkEventLog {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;

  /**
   * @param folder an empty one
   */
  public SparkEventLog(Path folder) {
    this.folder = folder;
  }

  /** What {@code spark-submit} must be told, so that there is a log. */
  public List<String> options() {
    return Stream.of(
            "spark.eventLog.enabled=true",
            "spark.eventLog.dir=" + folder.toUri(),
            "spark.eventLog.rolling.enabled=false",
            "spark.eventLog.compress=false")
        .flatMap(setting -> Stream.of("--conf", setting))
        .toList();
  }

  /** The stages of the one application. */
  public List<SparkStage> stages() {
    Map<Integer, Integer> taskCores = new HashMap<>();
    List<SparkStage> stages = new ArrayList<>();
    for (JsonNode event : events()) {
      switch (event.path("Event").asText()) {
        case "SparkListenerResourceProfileAdded" ->
            taskCores.put(
                event.path("Resource Profile Id").asInt(),
                event.path("Task Resource Requests").path("cpus").path("Amount").asInt());
        case "SparkListenerStageSubmitted" ->
            stages.add(
                new SparkStage(
                    event.path("Properties").path(SparkStage.DESCRIPTION).asText(),
                    taskCores.get(event.path("Stage Info").path("Resource Profile Id").asInt())));
        default -> {
          // Of no interest.
        }
      }
    }
    return stages;
  }

  private List<JsonNode> events() {
    try (Stream<Path> applications = Files.list(folder)) {
      List<Path> files = applications.toList();
      if (files.size() != 1) {
        throw new AssertionError("not one application: " + files);
      }
      List<JsonNode> events = new ArrayList<>();
      for (String line : Files.readAllLines(files.get(0))) {
        events.add(JSON.readTree(line));
      }
      return events;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
