package io.headroom.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headroom.jobs.measurements.Axis;
import io.headroom.jobs.measurements.LengthBins;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.measurements.Status;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.ScratchResults;
import io.headroom.jobs.testkit.VariedRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a report's page holds, and what is told where none can be written. */
class ReportCommandTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  @TempDir Path folder;

  @Test
  void aPointIsTheMedianOfItsSequences() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (long nanos : List.of(10L, 30L, 20L)) {
      rows.add(
          ScratchResults.measured("a", 8, "f32", 64)
              .set("decode_ns_p50", nanos)
              .set("decode_ns_p50_low", nanos - 1)
              .set("decode_ns_p50_high", nanos + 2)
              .set("noisy", nanos == 30L)
              .set("steady", nanos != 10L)
              .build());
    }
    rows.add(ScratchResults.measured("a", 8, "f32", 128).build());

    JsonNode data = dataOf(rows);

    JsonNode points = data.path("points");
    assertThat(points.path("rows")).hasSize(2);
    assertThat(value(points, 0, "prompt_tokens").asInt()).isEqualTo(64);
    assertThat(value(points, 0, "decode_ns").asDouble()).isEqualTo(20);
    assertThat(value(points, 0, "decode_ns_low").asDouble()).isEqualTo(19);
    assertThat(value(points, 0, "decode_ns_high").asDouble()).isEqualTo(22);
    assertThat(value(points, 0, "decode_samples").asLong()).isEqualTo(60);
    assertThat(value(points, 0, "rows").asInt()).isEqualTo(3);
    assertThat(value(points, 0, "noisy").asInt()).isEqualTo(1);
    assertThat(value(points, 0, "unsteady").asInt()).isEqualTo(1);
    assertThat(data.path("lengths").asText()).isEqualTo("EXACT");
  }

  @Test
  void manyLengthsGoTogetherByHalfOctaves() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int tokens = 1; tokens <= LengthBins.MOST_EXACT + 1; tokens++) {
      rows.add(ScratchResults.measured("a", 8, "f32", tokens).build());
    }

    JsonNode data = dataOf(rows);

    assertThat(data.path("lengths").asText()).isEqualTo("HALF_OCTAVES");
    List<Integer> lengths = new ArrayList<>();
    for (int i = 0; i < data.path("points").path("rows").size(); i++) {
      lengths.add(value(data.path("points"), i, "prompt_tokens").asInt());
    }
    assertThat(lengths).containsExactly(1, 2, 3, 4, 6, 8, 11, 16, 23);
  }

  @Test
  void countsWhatIsNotToBeTrusted() throws IOException {
    JsonNode data =
        dataOf(
            List.of(
                ScratchResults.measured("a", 8, "f32", 64).build(),
                ScratchResults.measured("a", 8, "f32", 64)
                    .set("noisy", true)
                    .set("steady", false)
                    .build(),
                ScratchResults.measured("a", 8, "f32", 64).set("steady", false).build(),
                ScratchResults.measured("a", 8, "f32", 64).set("decode_ns_p90", 9L).build(),
                ScratchResults.measured("a", 8, "f32", 64)
                    .set("status", Status.FAILED.label())
                    .set("reason", "burnt")
                    .build()));

    JsonNode trust = data.path("trust");
    assertThat(value(trust, 0, "rows").asInt()).isEqualTo(5);
    assertThat(value(trust, 0, "quiet").asInt()).isEqualTo(2);
    assertThat(value(trust, 0, "noisy").asInt()).isEqualTo(1);
    assertThat(value(trust, 0, "unsteady").asInt()).isEqualTo(1);
    assertThat(value(trust, 0, "unsteady_rows").asInt()).isEqualTo(2);
    assertThat(value(trust, 0, "failed").asInt()).isEqualTo(1);
    assertThat(value(trust, 0, "no_p90").asInt()).isEqualTo(3);
    assertThat(value(trust, 0, "no_p99").asInt()).isEqualTo(4);
    assertThat(value(data.path("reasons"), 0, "reason").asText()).isEqualTo("burnt");
  }

  @Test
  void configurationsThatDifferInOneAxisAreToldApart() throws IOException {
    List<Row> rows = new ArrayList<>(VariedRows.all());
    for (String column : Axis.allColumns()) {
      rows.add(VariedRows.varied(column).set("status", "failed").set("reason", "burnt").build());
    }

    JsonNode data = dataOf(rows);

    int configurations = 1 + Axis.allColumns().size();
    assertThat(data.path("points").path("rows")).hasSize(configurations);
    assertThat(data.path("trust").path("rows")).hasSize(configurations);
    assertThat(data.path("reasons").path("rows")).hasSize(configurations - 1);
    assertThat(data.path("configuration")).hasSize(Axis.allColumns().size());
    assertThat(data.path("conditions")).hasSize(Axis.conditions().size());
  }

  @Test
  void noTextOfTheDataEndsItsElement() throws IOException {
    String name = "</script><!-- {{scripts}} \u2028 & \" \\";

    JsonNode data = dataOf(List.of(ScratchResults.measured(name, 8, "f32", 64).build()));

    assertThat(value(data.path("points"), 0, "model").asText()).isEqualTo(name);
  }

  @Test
  void resultsWithoutRowsMakeAPage() throws IOException {
    assertThat(dataOf(List.of()).path("points").path("rows")).isEmpty();
  }

  @Test
  void foldersAndPagesMayBeAddresses() throws IOException {
    Path results = folder.resolve("of two words");
    ScratchResults.write(
        results, SPARK.session(), List.of(ScratchResults.measured("a", 8, "f32", 64).build()));
    Path page = folder.resolve("a page.html");

    CommandRun run =
        CommandRun.of("report", results.toUri().toString(), "--out", page.toUri().toString());

    assertThat(run.exitStatus()).as(run.toString()).isZero();
    assertThat(page).isNotEmptyFile();
    assertThat(CommandRun.of("report", results.toString(), "--out", "file://page.html").err())
        .last()
        .asString()
        .startsWith("headroom: --out file://page.html: not the address of a local file; ");
    assertThat(
            CommandRun.of(
                    "report",
                    results.toString(),
                    results.toUri().toString(),
                    "--out",
                    page.toString())
                .err())
        .last()
        .asString()
        .endsWith(" are one folder; allowed: each folder once");
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    Path results = folder.resolve("results");
    ScratchResults.write(
        results, SPARK.session(), List.of(ScratchResults.measured("a", 8, "f32", 64).build()));
    Path page = folder.resolve("page.html");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path other = folder.resolve("other");
    ScratchResults.writeManifest(other, 99);
    Path bare = folder.resolve("bare");
    ScratchResults.writeManifest(bare, MeasurementTable.SCHEMA_VERSION);
    Path torn = folder.resolve("torn");
    ScratchResults.writeManifest(torn, MeasurementTable.SCHEMA_VERSION);
    Files.createDirectory(torn.resolve("measurements"));
    Files.writeString(torn.resolve("measurements/part-0.parquet"), "no parquet");

    mistake(folder.resolve("absent"), page, "absent: no such folder");
    mistake(
        empty, page, "empty: holds no manifest.json; allowed: the results of a sweep or a plan");
    mistake(other, page, "other: manifest.json: schema_version = 99; allowed: 2");
    mistake(bare, page, "bare: holds no measurements; allowed: the results of a sweep");
    mistake(torn, page, "torn: measurements cannot be read");
    mistake(results, empty, "empty: is a folder; allowed: a file");
    mistake(
        results, folder.resolve("no/page.html"), "no is no folder; allowed: a file in a folder");
    assertThat(page).doesNotExist();
  }

  private void mistake(Path results, Path page, String message) {
    CommandRun run = CommandRun.of("report", results.toString(), "--out", page.toString());

    assertThat(run.exitStatus()).as(run.toString()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).last().asString().startsWith("headroom: ").contains(message);
    assertThat(run.err()).filteredOn(line -> line.startsWith("\tat ")).isEmpty();
  }

  private JsonNode dataOf(List<Row> rows) throws IOException {
    Path results = folder.resolve("results");
    Path page = folder.resolve("page.html");
    ScratchResults.write(results, SPARK.session(), rows);
    CommandRun run = CommandRun.of("report", results.toString(), "--out", page.toString());
    assertThat(run.exitStatus()).as(run.toString()).isZero();
    assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
    return WrittenPage.data(page);
  }

  private static JsonNode value(JsonNode table, int row, String column) {
    return WrittenPage.value(table, row, column);
  }
}
