package io.headroom.jobs.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rows of which no cost fit came to its end: what only predicts must not keep others from being.
 */
class StuckCostFitTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();
  @TempDir Path folder;

  @Test
  void doesNotEndTheSweep() throws IOException {
    Path given = SharedData.require("cases/stuck-cost-fit");
    Path out = folder.resolve("out");
    try (Stream<Path> files = Files.walk(given.resolve("results"))) {
      for (Path file : files.toList()) {
        Path copy = out.resolve(given.resolve("results").relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.write(copy, Files.readAllBytes(file));
        }
      }
    }

    CommandRun run =
        CommandRun.of(
            "sweep", given.resolve("sweep.conf").toString(), "--resume", "--out", out.toString());

    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    assertThat(SPARK.session().read().parquet(out.resolve("measurements").toString()).count())
        .isEqualTo(36);
    assertThat(run.err()).filteredOn(line -> line.contains("costs were not")).hasSizeLessThan(2);
  }
}
