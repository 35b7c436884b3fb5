package io.headroom.jobs.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
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
}
