package io.headroom.jobs.sweep.folder;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import io.headroom.jobs.results.LockHolder;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.FullDiskFileSystem;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.ManifestBeforeKinds;
import io.headroom.jobs.testkit.ScratchSweep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What others do to a sweep's folder, and what its disk does, never costs rows. */
class SweepFolderTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();
  @TempDir Path folder;

  private static final String BODY =
      """
      name = kept
      models = [qwen2-0.5b]
      kv-heads = [model, 7, mqa]
      sequences { trace = trace.csv, format = azure }
      decode-tokens = trace
      measure { min-samples = 1000, max-seconds-per-cell = 0.01 }
      wave-seconds = 0.001
      """;

  private static final List<String> TOLD =
      List.of("/driver/memory_bytes", "/driver/last_level_cache_bytes");

  private static final int CELLS = 3;
  private static final int ROWS = CELLS * 2;

  private static final Map<String, JsonNodeType> CAME =
      Map.of(
          "/kind", JsonNodeType.STRING,
          "/cell_ids", JsonNodeType.NUMBER,
          "/models", JsonNodeType.ARRAY,
          "/models[]", JsonNodeType.OBJECT,
          "/models[]/name", JsonNodeType.STRING,
          "/models[]/model_id", JsonNodeType.STRING);

  /** A plan names its trace: that of a copy is the same file. */
  @TempDir private static Path shared;

  private static ScratchSweep finished;
  private ScratchSweep sweep;
  private Path measurements;

  @BeforeAll
  static void sweepOnce() {
    ScratchSweep.write(
        trace(),
        """
        TIMESTAMP,ContextTokens,GeneratedTokens
        2023-11-16 18:17:03.9799600,12,3
        2023-11-16 18:17:04.0319600,7,2
        """);
    finished = of(shared);
    CommandRun run = finished.run();
    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
  }

  private static Path trace() {
    return shared.resolve("trace.csv");
  }

  private static ScratchSweep of(Path folder) {
    return ScratchSweep.of(folder, BODY.replace("trace.csv", "\"" + trace() + "\""));
  }

  @BeforeEach
  void copyTheSweep() throws IOException {
    sweep = of(folder);
    finished.copyResultsTo(sweep);
    measurements = sweep.out().resolve("measurements");
  }

  @AfterEach
  void leaveSpace() {
    FullDiskFileSystem.leave(Long.MAX_VALUE);
  }

  /** Programs of users read it. */
  @Test
  void theManifestHasTheKeysAndTypesThatItHadBeforeAndThoseThatCame() throws IOException {
    ObjectMapper json = new ObjectMapper();
    Map<String, JsonNodeType> before = new TreeMap<>();
    addKeys("", json.readTree(ManifestBeforeKinds.text()), before);
    Map<String, JsonNodeType> now = new TreeMap<>();
    addKeys("", json.readTree(sweep.text("manifest.json")), now);

    assertThat(now.keySet()).containsAll(before.keySet());
    // Not every machine tells them.
    TOLD.forEach(
        key ->
            assertThat(now.getOrDefault(key, JsonNodeType.NUMBER)).isEqualTo(JsonNodeType.NUMBER));
    now.keySet().removeAll(TOLD);
    now.forEach(
        (key, type) -> assertThat(type).as(key).isEqualTo(before.getOrDefault(key, CAME.get(key))));
    assertThat(now).hasSize(before.size() + CAME.size());
  }

  /** Of the configuration, which is the user's, that it is there. */
  private static void addKeys(String path, JsonNode node, Map<String, JsonNodeType> keys) {
    keys.put(path, node.getNodeType());
    if (path.equals("/configuration")) {
      return;
    }
    node.properties()
        .forEach(entry -> addKeys(path + "/" + entry.getKey(), entry.getValue(), keys));
    if (node.isArray()) {
      node.forEach(element -> addKeys(path + "[]", element, keys));
    }
  }

  /** Changes the finished measurements in a way that must be found. */
  private interface Damage {
    Path to(Path measurements, Path waveFile) throws IOException;
  }

  static Stream<Arguments> damages() {
    return Stream.of(
        damage("is empty;", (folder, wave) -> Files.createFile(folder.resolve("a.parquet"))),
        damage("is no whole Parquet file: ", SweepFolderTest::truncate),
        damage("is no whole Parquet file: ", SweepFolderTest::flipOneByte),
        damage(
            "is no whole Parquet file: ",
            (folder, wave) -> Files.writeString(folder.resolve("a.parquet"), "my notes, longer")),
        damage(
            "does not belong here; allowed: the Parquet files of the sweep",
            (folder, wave) -> Files.writeString(folder.resolve("notes.txt"), "mine")),
        damage(
            "does not belong here; allowed: the Parquet files of the sweep",
            (folder, wave) -> Files.createDirectory(folder.resolve("old"))),
        damage(
            "lacks the column schema_version;",
            (folder, wave) -> write(SPARK.session().range(3).toDF(), folder)),
        damage(
            "its column wave is string; allowed: int;",
            (folder, wave) -> write(rows(wave, "wave", col("wave").cast("string")), folder)),
        damage(
            "has an unknown column colour;",
            (folder, wave) -> write(rows(wave, "colour", lit(1)), folder)),
        damage(
            "which is in another file too; remove one of the two",
            (folder, wave) -> write(rows(wave, "status", lit("ok")), folder)),
        damage(
            "holds cell 0123, sequence 0, which this sweep does not have; remove the file",
            (folder, wave) -> write(rows(wave, "cell_id", lit("0123")).limit(1), folder)),
        damage(
            "sequence 7, which this sweep does not have; remove the file",
            (folder, wave) -> write(rows(wave, "sequence_id", lit(7)).limit(1), folder)));
  }

  private static Arguments damage(String message, Damage damage) {
    return Arguments.of(message, damage);
  }

  private static Path truncate(Path folder, Path wave) throws IOException {
    byte[] bytes = Files.readAllBytes(wave);
    Files.write(wave, Arrays.copyOf(bytes, bytes.length / 2));
    return wave;
  }

  /** The last of a page, which only the page's checksum tells of. */
  private static Path flipOneByte(Path folder, Path wave) throws IOException {
    byte[] bytes = Files.readAllBytes(wave);
    bytes[endOfFirstColumn(wave) - 1] ^= 1;
    Files.write(wave, bytes);
    return wave;
  }

  private static int endOfFirstColumn(Path wave) throws IOException {
    HadoopInputFile file =
        HadoopInputFile.fromPath(new org.apache.hadoop.fs.Path(wave.toUri()), new Configuration());
    try (ParquetFileReader reader = ParquetFileReader.open(file)) {
      ColumnChunkMetaData first = reader.getFooter().getBlocks().get(0).getColumns().get(0);
      return Math.toIntExact(first.getStartingPos() + first.getTotalSize());
    }
  }

  private static Dataset<Row> rows(Path wave, String column, Column value) {
    return SPARK.session().read().parquet(wave.toString()).withColumn(column, value);
  }

  private static Path write(Dataset<Row> rows, Path folder) throws IOException {
    Path scratch = Files.createTempDirectory("headroom");
    Path foreign = folder.resolve("foreign.parquet");
    rows.coalesce(1).write().parquet(scratch.resolve("rows").toString());
    try (Stream<Path> files = Files.walk(scratch)) {
      Path file =
          files.filter(path -> path.toString().endsWith(".parquet")).findAny().orElseThrow();
      Files.move(file, foreign);
    }
    return foreign;
  }

  @ParameterizedTest
  @MethodSource("damages")
  void whatIsDamagedOrForeignIsNamedAndNothingIsWritten(String message, Damage damage)
      throws IOException {
    Path changed = damage.to(measurements, sweep.waveFiles().get(0));
    List<String> before = contents();

    CommandRun run = sweep.run("--resume");

    assertMistake(run, message);
    assertThat(run.err().get(0)).contains(changed.getFileName().toString() + ": ");
    assertThat(contents()).isEqualTo(before);
  }

  @Test
  void hiddenFilesAreNobodysRows() throws IOException {
    Files.createDirectories(measurements.resolve("_temporary/0"));
    Files.createFile(measurements.resolve("_SUCCESS"));
    Files.writeString(measurements.resolve(".notes.parquet"), "mine");
    Files.createDirectories(sweep.out().resolve(".staging/killed"));

    CommandRun run = sweep.run("--resume");

    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    assertThat(run.err()).anyMatch(line -> line.contains(" 0 shards, about 0 ns"));
    assertThat(sweep.measurements(SPARK.session()).count()).isEqualTo(ROWS);
    assertThat(sweep.out().resolve(".staging")).doesNotExist();
  }

  @Test
  void aFileInPlaceOfAFolderIsNamed() throws IOException {
    for (Path file : sweep.waveFiles()) {
      Files.delete(file);
    }
    Files.delete(measurements);
    Files.writeString(measurements, "mine");

    assertMistake(sweep.run("--resume"), measurements + ": is not a folder; remove it");
    assertThat(measurements).hasContent("mine");
  }

  /** A driver was killed when the new content of a file was complete; both ways to replace it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aReplacementThatWasCutShortIsFinished(boolean oldIsThere) throws IOException {
    Path wave = sweep.waveFiles().get(1);
    Path next = measurements.resolve("." + wave.getFileName() + ".next");
    Files.copy(wave, next);
    if (!oldIsThere) {
      Files.delete(wave);
    }
    List<Row> before = finished.measurements(SPARK.session()).collectAsList();

    CommandRun run = sweep.run("--resume");

    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    assertThat(sweep.measurements(SPARK.session()).collectAsList())
        .containsExactlyInAnyOrderElementsOf(before);
    assertThat(next).doesNotExist();
  }

  @Test
  void killedBeforeItWroteAnythingASweepBeginsAnew() throws IOException {
    Path fresh = Files.createDirectory(folder.resolve("fresh"));
    ScratchSweep killed = of(fresh);
    Files.createDirectories(killed.out().resolve(".staging/a"));
    Files.writeString(killed.out().resolve(".manifest.json.tmp"), "{ \"na");
    LockHolder holder = LockHolder.here("killed");
    Files.writeString(
        killed.out().resolve("lock.json"),
        holder.heardAt(holder.since().minus(LockHolder.STALE_AFTER).minusSeconds(1)).toJson());

    assertThat(killed.run().exitStatus()).isZero();
    assertThat(killed.measurements(SPARK.session()).count()).isEqualTo(ROWS);
  }

  @Test
  void aTraceThatChangedIsRefused() throws IOException {
    List<String> before = contents();
    String trace = Files.readString(trace());
    try {
      Files.writeString(trace(), trace.replace(",12,", ",13,"));

      assertMistake(
          sweep.run("--resume"),
          "--out %s: holds the sweep kept, begun on other sequences: 2 then, 2 of other lengths now; allowed: a new folder, or --resume with the sequences that began it"
              .formatted(sweep.out()));
    } finally {
      Files.writeString(trace(), trace);
    }
    assertThat(contents()).isEqualTo(before);
    assertThat(sweep.run("--resume").exitStatus()).isZero();
  }

  /** One file has a failed row beside a good one, another has failed rows only. */
  @Test
  void failedRowsAreMeasuredAgainWhereThatIsAsked() throws IOException {
    List<Path> waves = sweep.waveFiles();
    replace(waves.get(0), failedWhere(waves.get(0), col("sequence_id").equalTo(1)));
    replace(waves.get(1), failedWhere(waves.get(1), lit(true)));
    List<Row> before = sweep.measurements(SPARK.session()).collectAsList();
    List<Row> good = before.stream().filter(row -> row.getAs("status").equals("ok")).toList();
    assertThat(good).hasSize(ROWS - 3);

    CommandRun without = sweep.run("--resume");

    assertThat(without.exitStatus()).as(without.err().toString()).isEqualTo(1);
    assertThat(without.err()).anyMatch(line -> line.contains(" 0 shards, about 0 ns"));
    assertThat(sweep.measurements(SPARK.session()).collectAsList())
        .containsExactlyInAnyOrderElementsOf(before);

    CommandRun with = sweep.run("--resume", "--retry-failed");

    assertThat(with.exitStatus()).as(with.err().toString()).isZero();
    List<Row> after = sweep.measurements(SPARK.session()).collectAsList();
    assertThat(keys(after))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(keys(before));
    assertThat(after).containsAll(good);
    List<Row> again = after.stream().filter(row -> !good.contains(row)).toList();
    assertThat(again)
        .hasSize(3)
        .allSatisfy(
            row -> {
              assertThat(row.<String>getAs("status")).isEqualTo("ok");
              assertThat(row.<String>getAs("reason")).isNull();
              assertThat(row.<Integer>getAs("wave")).isGreaterThan(CELLS);
            });
    assertThat(sweep.waveFiles()).isEqualTo(waves);
    assertThat(sweep.text("manifest.json")).contains("\"rows_failed\" : 0");
  }

  private static Dataset<Row> failedWhere(Path wave, Column condition) {
    return SPARK
        .session()
        .read()
        .parquet(wave.toString())
        .withColumn("status", when(condition, lit("failed")).otherwise(col("status")))
        .withColumn("reason", when(condition, lit("broke")).otherwise(col("reason")));
  }

  private void replace(Path wave, Dataset<Row> rows) throws IOException {
    Path written = write(rows, folder);
    Files.move(written, wave, StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void retryingIsPartOfResuming() {
    assertMistake(
        sweep.run("--retry-failed"),
        "--retry-failed: is there without --resume; allowed: --resume --retry-failed");
  }

  /** A disk of half the space that a sweep takes, then one with enough. */
  @Test
  void aFullDiskCostsNoRowsThatWereWritten() throws IOException {
    String first = "full:" + folder.resolve("enough");
    FullDiskFileSystem.leave(Long.MAX_VALUE);
    assertThat(run(first).exitStatus()).isZero();
    long used = FullDiskFileSystem.usedOf(Long.MAX_VALUE);
    Path out = folder.resolve("half");

    FullDiskFileSystem.leave(used / 2);
    CommandRun full = run("full:" + out);

    assertMistake(full, "No space left on device; what was written before is kept, --resume");
    assertThat(full.err().get(full.err().size() - 1))
        .startsWith("headroom: full:" + out + "/measurements/part-");
    List<Row> kept = read(out).collectAsList();
    assertThat(kept).hasSizeBetween(1, ROWS - 1);
    assertThat(out.toFile().list())
        .containsExactlyInAnyOrder("manifest.json", "sweep.conf", "measurements", "summary");

    FullDiskFileSystem.leave(Long.MAX_VALUE);
    CommandRun resumed = run("full:" + out, "--resume");

    assertThat(resumed.exitStatus()).as(resumed.err().toString()).isZero();
    List<Row> rows = read(out).collectAsList();
    assertThat(keys(rows)).doesNotHaveDuplicates().hasSize(ROWS);
    assertThat(rows).containsAll(kept);
  }

  @Test
  void aDiskThatIsFullAtOnceIsLeftAsItWas() {
    Path out = folder.resolve("none");
    FullDiskFileSystem.leave(10);

    assertMistake(
        run("full:" + out),
        "full:" + out + "/manifest.json: cannot be written: No space left on device");
    assertThat(out).doesNotExist();
  }

  @Test
  void aFolderThatNobodyCanWriteIsRefused() {
    assertMistake(run("/proc/headroom"), "--out /proc/headroom: cannot be made: ");
  }

  /** Deleted or moved is the same to the sweep; what was moved can be looked at. */
  @Test
  @Timeout(120)
  void aFolderThatGoesAwayIsNotMadeAgain() throws Exception {
    Path out = folder.resolve("goes");
    Path moved = folder.resolve("gone");
    ExecutorService beside = Executors.newSingleThreadExecutor();
    CommandRun run;
    try {
      Future<CommandRun> running =
          beside.submit(
              () -> run(out.toString(), "--set", "sweep.measure.max-seconds-per-cell=0.5"));
      while (parquetFiles(out.resolve("measurements")).isEmpty() && !running.isDone()) {
        Thread.onSpinWait();
      }
      Files.move(out, moved);
      run = running.get();
    } finally {
      beside.shutdownNow();
    }

    assertMistake(
        run, "--out " + out + ": the folder was deleted or moved while the sweep ran; it stops");
    assertThat(out).doesNotExist();
    List<Row> kept = read(moved).collectAsList();
    assertThat(kept).isNotEmpty();

    // The run could not: its process would be gone, this one is not.
    Files.delete(moved.resolve("lock.json"));
    Files.move(moved, out);
    CommandRun resumed =
        run(out.toString(), "--resume", "--set", "sweep.measure.max-seconds-per-cell=0.5");
    assertThat(resumed.exitStatus()).as(resumed.err().toString()).isZero();
    List<Row> rows = read(out).collectAsList();
    assertThat(keys(rows)).doesNotHaveDuplicates().hasSize(ROWS);
    assertThat(rows).containsAll(kept);
  }

  private CommandRun run(String out, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("sweep", sweep.conf().toString(), "--out", out));
    arguments.addAll(Arrays.asList(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static Dataset<Row> read(Path out) {
    return SPARK.session().read().parquet(out.resolve("measurements").toString());
  }

  private static List<Path> parquetFiles(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).toList();
    }
  }

  /** All files but for the time of the folder's own change, which a lock leaves. */
  private List<String> contents() throws IOException {
    try (Stream<Path> paths = Files.walk(sweep.out())) {
      return paths
          .filter(path -> !path.equals(sweep.out()))
          .sorted()
          .map(path -> path + " " + path.toFile().lastModified() + " " + path.toFile().length())
          .toList();
    }
  }

  private static void assertMistake(CommandRun run, String message) {
    assertThat(run.exitStatus()).as(run.err().toString()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().stream().filter(line -> !line.startsWith("sweep: ")))
        .singleElement()
        .asString()
        .startsWith("headroom: ")
        .contains(message);
  }

  private static List<String> keys(List<Row> rows) {
    return rows.stream().map(row -> row.getAs("cell_id") + " " + row.getAs("sequence_id")).toList();
  }
}
