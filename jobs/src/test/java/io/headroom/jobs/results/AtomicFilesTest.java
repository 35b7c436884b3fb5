package io.headroom.jobs.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.jobs.testkit.FullDiskFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every state in which a process may be killed that replaces a file. */
class AtomicFilesTest {
  @TempDir Path folder;
  private AtomicFiles atomic;
  private Path file;
  private Path next;

  @BeforeEach
  void open() throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path("full:" + folder);
    atomic = new AtomicFiles(path.getFileSystem(new Configuration()));
    file = folder.resolve("a.parquet");
    next = folder.resolve(".a.parquet.next");
  }

  @AfterEach
  void leaveSpace() {
    FullDiskFileSystem.leave(Long.MAX_VALUE);
  }

  private org.apache.hadoop.fs.Path path(Path path) {
    return new org.apache.hadoop.fs.Path("full:" + path);
  }

  @Test
  void aFileIsMadeAndReplaced() throws IOException {
    atomic.write(path(file), "old");
    assertThat(folder.toFile().list()).containsExactly("a.parquet");

    Files.writeString(folder.resolve("complete"), "new");
    atomic.replace(path(folder.resolve("complete")), path(file));

    assertThat(file).hasContent("new");
    assertThat(folder.toFile().list()).containsExactly("a.parquet");
  }

  /** Checksums of the old content would make the new one unreadable. */
  @Test
  void noChecksumOutlivesWhatItIsOf() throws IOException {
    FileSystem local = FileSystem.getLocal(new Configuration());
    local.setWriteChecksum(true);
    try {
      Path complete = folder.resolve("complete");
      for (Path written : new Path[] {file, complete}) {
        try (var out = local.create(new org.apache.hadoop.fs.Path(written.toUri()))) {
          out.writeUTF(written.toString());
        }
      }
      assertThat(folder.resolve(".a.parquet.crc")).exists();

      new AtomicFiles(local)
          .replace(
              new org.apache.hadoop.fs.Path(complete.toUri()),
              new org.apache.hadoop.fs.Path(file.toUri()));

      assertThat(folder.toFile().list()).containsExactly("a.parquet");
      try (var in = local.open(new org.apache.hadoop.fs.Path(file.toUri()))) {
        assertThat(in.readUTF()).isEqualTo(complete.toString());
      }
    } finally {
      local.setWriteChecksum(false);
    }
  }

  @Test
  void killedBeforeTheNewContentIsComplete() throws IOException {
    Files.writeString(file, "old");
    Files.writeString(folder.resolve(".a.parquet.tmp"), "ne");

    atomic.finishReplacements(path(folder));

    assertThat(file).hasContent("old");
  }

  @Test
  void killedWhenTheNewContentIsComplete() throws IOException {
    Files.writeString(file, "old");
    Files.writeString(next, "new");

    atomic.finishReplacements(path(folder));

    assertThat(file).hasContent("new");
    assertThat(next).doesNotExist();
  }

  @Test
  void killedBetweenDeletingTheOldFileAndNamingTheNew() throws IOException {
    Files.writeString(next, "new");

    atomic.finishReplacements(path(folder));

    assertThat(file).hasContent("new");
    assertThat(next).doesNotExist();
  }

  @Test
  void withoutSpaceTheOldFileStays() throws IOException {
    Files.writeString(file, "old");
    FullDiskFileSystem.leave(2);

    assertThatThrownBy(() -> atomic.write(path(file), "new"))
        .isInstanceOf(IOException.class)
        .hasMessage("No space left on device");

    assertThat(file).hasContent("old");
    assertThat(folder.toFile().list()).containsExactly("a.parquet");
  }

  @Test
  void onlyOneMakesAFile() throws IOException {
    assertThat(atomic.createNew(path(file), "first")).isTrue();
    assertThat(atomic.createNew(path(file), "second")).isFalse();
    assertThat(file).hasContent("first");
  }

  @Test
  void noFolderIsMadeForAFile() {
    Path missing = folder.resolve("missing");

    assertThatThrownBy(() -> atomic.write(path(missing.resolve("a")), "new"))
        .isInstanceOf(IOException.class);
    assertThat(missing).doesNotExist();
  }
}
