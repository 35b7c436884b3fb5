package io.headroom.jobs.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder of any command's results. */
class ResultsFolderTest {
  @TempDir Path scratch;
  private Path out;
  private ResultsFolder folder;

  @BeforeEach
  void open() {
    out = scratch.resolve("above/out");
    folder = ResultsFolder.at(out.toString(), ResultsKind.SWEEP);
  }

  @Test
  void aManifestIsReadAsItWasWritten() {
    RunState run = RunState.begun(ResultsKind.SWEEP, "name", "run", Instant.EPOCH, "note", 2);
    assertThat(folder.manifest()).isEmpty();

    FolderLock lock = folder.lock("run");
    folder.writeManifest(Manifest.of(run));
    lock.close();

    assertThat(folder.manifest().orElseThrow().run()).isEqualTo(run);
    assertThat(out.toFile().list()).containsExactly("manifest.json");
  }

  @Test
  void resultsOfAnotherKindAreRefused() throws IOException {
    Files.createDirectories(out);
    Path manifest = Files.writeString(out.resolve("manifest.json"), "{\"kind\": \"dance\"}");

    assertThatThrownBy(folder::manifest)
        .isInstanceOf(UserException.class)
        .hasMessage("%s: kind = dance; allowed: sweep", manifest);
  }

  @Test
  void aManifestWithoutAKindIsOfTheTimeWhenThereWasOne() throws IOException {
    Files.createDirectories(out);
    Files.writeString(out.resolve("manifest.json"), "{\"name\": \"old\"}");

    assertThat(folder.manifest().orElseThrow().run().name()).isEqualTo("old");
  }

  /** By whatever umask this test runs: files that Java itself makes beside are the measure. */
  @Test
  void filesHaveTheModesThatThePlatformGives() throws IOException {
    FolderLock lock = folder.lock("run");
    folder.prepare(List.of("table"));
    folder.write("sweep.conf", "a");
    WholeFile.at(out.resolve("page.html")).write("<html>");
    Path file = Files.createFile(scratch.resolve("file"));
    Path directory = Files.createDirectory(scratch.resolve("directory"));

    assertThat(List.of(out.resolve("lock.json"), out.resolve("sweep.conf")))
        .allMatch(written -> modes(written).equals(modes(file)));
    assertThat(modes(out.resolve("page.html"))).isEqualTo(modes(file));
    assertThat(List.of(out.getParent(), out, out.resolve("table")))
        .allMatch(made -> modes(made).equals(modes(directory)));
    assertThat(out.toFile().list())
        .containsExactlyInAnyOrder("lock.json", "sweep.conf", "page.html", "table");
    lock.close();
  }

  @Test
  void aProbeThatAKilledRunLeftIsNobodysResult() throws IOException {
    Files.createDirectories(out.resolve(FileModes.PREFIX + "0123"));

    folder.requireNew();

    Files.createFile(out.resolve("mine"));
    assertThatThrownBy(folder::requireNew)
        .hasMessage("--out %s: is not empty and holds no sweep; allowed: a new folder", out);
  }

  private static Set<PosixFilePermission> modes(Path path) {
    try {
      return Files.getPosixFilePermissions(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
