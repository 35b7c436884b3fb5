package io.headroom.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.headroom.jobs.results.ResultsFolder;
import io.headroom.jobs.results.ResultsKind;
import io.headroom.jobs.testkit.ManifestBeforeKinds;
import io.headroom.jobs.testkit.ScratchSweep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page is told what the manifest says, and no more than it shows. */
class ManifestExcerptTest {
  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  private static final List<String> KEPT =
      List.of(
          "name",
          "state",
          "started_at",
          "wall_seconds",
          "cells_planned",
          "sequences",
          "rows_ok",
          "rows_unsupported",
          "rows_failed",
          "rows_noisy",
          "rows_unsteady",
          "measuring_share",
          "prediction_error_p50",
          "prediction_error_p90",
          "headroom_version",
          "git_commit",
          "spark_version",
          "spark_master",
          "driver",
          "configuration",
          "hosts");

  @TempDir Path folder;

  private JsonNode excerptOf(String manifest) throws IOException {
    ScratchSweep.write(folder.resolve("manifest.json"), manifest);
    ResultsFolder results = ResultsFolder.at(folder.toString(), ResultsKind.SWEEP);
    // Through its text, for one number may be of several types before.
    return JSON.readTree(
        JSON.writeValueAsString(ManifestExcerpt.of(results.manifest().orElseThrow())));
  }

  @Test
  void hasTheValuesOfTheManifest() throws IOException {
    JsonNode manifest = JSON.readTree(ManifestBeforeKinds.text());

    JsonNode excerpt = excerptOf(manifest.toString());

    for (String key : KEPT) {
      assertThat(excerpt.path(key)).as(key).isEqualTo(manifest.path(key));
    }
    List<String> keys = new ArrayList<>(KEPT);
    keys.add("hosts_left_out");
    assertThat(excerpt.fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(keys);
    assertThat(excerpt.path("hosts_left_out").asInt()).isZero();
  }

  @Test
  void ofASweepAtWorkItHasWhatIsKnown() throws IOException {
    JsonNode excerpt = excerptOf("{\"name\": \"a\", \"state\": \"running\", \"note\": \"b\"}");

    assertThat(excerpt.fieldNames())
        .toIterable()
        .containsExactly("name", "state", "note", "hosts", "hosts_left_out");
  }

  @Test
  void manyHostsAreCountedAlone() throws IOException {
    String host = "{\"host\": \"one\", \"rows\": 3}";

    JsonNode excerpt =
        excerptOf("{\"hosts\": [%s]}".formatted(String.join(",", Collections.nCopies(53, host))));

    assertThat(excerpt.path("hosts")).hasSize(50);
    assertThat(excerpt.path("hosts_left_out").asInt()).isEqualTo(3);
  }
}
