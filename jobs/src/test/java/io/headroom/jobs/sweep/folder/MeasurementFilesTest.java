package io.headroom.jobs.sweep.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.UserException;
import io.headroom.jobs.results.FolderLock;
import io.headroom.jobs.results.ParquetWriter;
import io.headroom.jobs.results.ResultsKind;
import io.headroom.jobs.results.TableFiles;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.Sweeps;
import io.headroom.jobs.sweep.rows.MadeUpRows;
import io.headroom.jobs.sweep.rows.MeasuredRow;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.ScratchSweep;
import io.headroom.jobs.workload.Sequence;
import io.headroom.kvcache.KvPrecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Any number of waves makes few files, and each row is there once all the time. */
class MeasurementFilesTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();
  @TempDir Path folder;

  private static final int ROWS_OF_A_WAVE = 2;
  private static final int FILES_OF_ONE_WAVE = 2;
  private static final int ROWS_OF_A_FILE = 5;

  private final Cell cell = Sweeps.cell(Sweeps.qwen(), KvPrecision.F32);
  private FileSystem files;
  private FolderLock lock;
  private Path measurements;

  @BeforeEach
  void open() throws IOException {
    measurements = Files.createDirectory(folder.resolve("measurements"));
    files = FileSystem.getLocal(new Configuration());
    lock = FolderLock.acquire(files, path(folder), ResultsKind.SWEEP, "first-run", false);
  }

  @AfterEach
  void close() {
    lock.close();
  }

  private static org.apache.hadoop.fs.Path path(Path path) {
    return new org.apache.hadoop.fs.Path(path.toUri());
  }

  private MeasurementFiles of(String runId) {
    ParquetWriter writer =
        new ParquetWriter(files, path(folder.resolve(".staging")), lock, Map.of());
    return new MeasurementFiles(
        new TableFiles(
            SPARK.session(),
            files,
            path(measurements),
            ResultsKind.SWEEP,
            MeasurementFiles.COLUMNS,
            writer,
            runId,
            new TableFiles.Growth(FILES_OF_ONE_WAVE, ROWS_OF_A_FILE)));
  }

  private List<MeasuredRow> wave(int number) {
    return IntStream.range(0, ROWS_OF_A_WAVE)
        .mapToObj(i -> new Sequence(number * ROWS_OF_A_WAVE + i, 4, 1))
        .map(sequence -> MadeUpRows.failed(cell, sequence, "broke").withWave(number))
        .toList();
  }

  private List<Integer> sequences() {
    return SPARK
        .session()
        .read()
        .parquet(measurements.toString())
        .select("sequence_id")
        .collectAsList()
        .stream()
        .map(row -> row.getInt(0))
        .toList();
  }

  private List<Path> parquetFiles() throws IOException {
    try (Stream<Path> list = Files.list(measurements)) {
      return list.sorted().toList();
    }
  }

  @Test
  void laterWavesAreAddedToTheLastFile() throws IOException {
    MeasurementFiles table = of("first-run");
    List<Integer> counts = new ArrayList<>();
    for (int number = 0; number < 7; number++) {
      table.commit(wave(number));

      assertThat(sequences())
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, (number + 1) * ROWS_OF_A_WAVE).boxed().toList());
      counts.add(parquetFiles().size());
    }
    assertThat(counts).containsExactly(1, 2, 2, 3, 3, 4, 4);
    for (Path file : parquetFiles()) {
      assertThat(SPARK.session().read().parquet(file.toString()).count())
          .isBetween((long) ROWS_OF_A_WAVE, (long) ROWS_OF_A_FILE);
    }
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("lock.json", "measurements");
  }

  @Test
  void theFilesOfAnotherRunAreLeftAlone() throws IOException {
    MeasurementFiles first = of("first-run");
    first.commit(wave(0));
    first.commit(wave(1));
    List<String> before = ScratchSweep.snapshot(measurements).stream().skip(1).toList();

    MeasurementFiles second = of("second-run");
    second.commit(wave(2));

    assertThat(ScratchSweep.snapshot(measurements)).containsAll(before);
    assertThat(parquetFiles()).hasSize(3);
    assertThat(sequences()).hasSize(3 * ROWS_OF_A_WAVE).doesNotHaveDuplicates();
  }

  @Test
  void whoLostTheFolderWritesNothing() throws IOException {
    MeasurementFiles table = of("first-run");
    table.commit(wave(0));
    Files.delete(folder.resolve("lock.json"));
    List<String> before = ScratchSweep.snapshot(folder);

    assertThatThrownBy(() -> table.commit(wave(1)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(": its lock was deleted while the sweep ran;");

    assertThat(ScratchSweep.snapshot(folder)).isEqualTo(before);
  }
}
