package io.headroom.jobs.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.UserException;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.ScratchSweep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A growing table of any columns: rows are replaced by their keys, and others stay. */
class TableFilesTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final StructType COLUMNS =
      StructType.fromDDL("offer string, users int, cost double");

  @TempDir Path folder;
  private Path table;
  private ResultsFolder results;
  private FolderLock lock;

  @BeforeEach
  void lock() {
    results = ResultsFolder.at(folder.toString(), ResultsKind.SWEEP);
    lock = results.lock("0123-4567");
    results.prepare(List.of("offers"));
    table = folder.resolve("offers");
  }

  @AfterEach
  void release() {
    lock.close();
  }

  private TableFiles open() {
    return open(COLUMNS, Set.of());
  }

  private TableFiles open(StructType columns, Set<String> added) {
    return results.growingTable(
        SPARK.session(), "offers", new TableColumns(columns, List.of("offer", "users"), added));
  }

  private static Row row(String offer, Integer users, double cost) {
    return RowFactory.create(offer, users, cost);
  }

  @Test
  void rowsTakeThePlaceOfThoseOfTheirKeys() {
    TableFiles files = open();
    files.add(List.of(row("a", 1, 0.1), row("a", null, 0.2), row("b", 1, 0.3), row(null, 1, 0.4)));
    files.add(List.of(row("c", 1, 0.5)));

    files.replaceIn("part-00000-0123-456.parquet", List.of(row("a", null, 2.2), row(null, 1, 4.4)));

    assertThat(files.read().collectAsList())
        .containsExactlyInAnyOrder(
            row("a", 1, 0.1),
            row("a", null, 2.2),
            row("b", 1, 0.3),
            row(null, 1, 4.4),
            row("c", 1, 0.5));
    assertThat(table.toFile().list()).hasSize(2);
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("lock.json", "offers");
  }

  /** The most rows that are committed at once. */
  @Test
  void manyRowsAreReplacedTogether() {
    int count = 4096;
    TableFiles files = open();
    files.add(IntStream.range(0, 2 * count).mapToObj(users -> row("a", users, 0.5)).toList());

    files.replaceIn(
        "part-00000-0123-456.parquet",
        IntStream.range(0, count).mapToObj(users -> row("a", users, 1.5)).toList());

    assertThat(files.read().count()).isEqualTo(2L * count);
    assertThat(files.read().where("cost = 1.5 and users < " + count).count()).isEqualTo(count);
  }

  @Test
  void whoGoesOnKnowsWhereEachRowLies() {
    TableFiles first = open();
    first.add(List.of(row("a", 1, 0.1)));
    first.add(List.of(row("b", 2, 0.2)));

    TableFiles next = open();
    assertThat(next.requireWhole()).isTrue();
    next.add(List.of(row("c", 3, 0.3)));

    assertThat(next.withFileNames("offer").collectAsList())
        .containsExactlyInAnyOrder(
            RowFactory.create("a", "part-00000-0123-456.parquet"),
            RowFactory.create("b", "part-00001-0123-456.parquet"),
            RowFactory.create("c", "part-00002-0123-456.parquet"));
    assertThat(next.shown("a.parquet")).isEqualTo(table + "/a.parquet");
  }

  @Test
  void noTableIsNoFault() throws IOException {
    Files.delete(table);

    assertThat(open().requireWhole()).isFalse();
  }

  @Test
  void filesOfOtherColumnsAreNamed() {
    open().add(List.of(row("a", 1, 0.1)));
    List<String> before = ScratchSweep.snapshot(folder);
    StructType wider = COLUMNS.add("region", "string");

    assertThatThrownBy(() -> open(wider, Set.of()).requireWhole())
        .isInstanceOf(UserException.class)
        .hasMessage(
            "%s/part-00000-0123-456.parquet: lacks the column region; remove it: --resume measures again what it may have held",
            table);
    assertThat(ScratchSweep.snapshot(folder)).isEqualTo(before);
  }

  @Test
  void filesMayLackColumnsThatWereAddedLater() {
    open().add(List.of(row("a", 1, 0.1), row("b", 1, 0.2)));
    TableFiles wider = open(COLUMNS.add("region", "string"), Set.of("region"));

    assertThat(wider.requireWhole()).isTrue();
    wider.add(List.of(RowFactory.create("c", 1, 0.3, "north")));
    wider.replaceIn(
        "part-00000-0123-456.parquet", List.of(RowFactory.create("b", 1, 2.2, "south")));

    assertThat(wider.read().collectAsList())
        .containsExactlyInAnyOrder(
            RowFactory.create("a", 1, 0.1, null),
            RowFactory.create("b", 1, 2.2, "south"),
            RowFactory.create("c", 1, 0.3, "north"));
  }
}
