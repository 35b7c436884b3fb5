package io.headroom.jobs.testkit;

import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;

/**
 * A manifest of a sweep that came to its end, as it was written while there was one kind of
 * results: of commit a5ae08e.
 */
public final class ManifestBeforeKinds {
  private static final String FILE =
      "jobs/src/test/resources/io/headroom/jobs/results/manifest-without-kind.json";

  private ManifestBeforeKinds() {}

  public static String text() {
    try {
      return Files.readString(SharedData.projectRoot().resolve(FILE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
