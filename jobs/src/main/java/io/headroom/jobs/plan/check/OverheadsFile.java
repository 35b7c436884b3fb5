package io.headroom.jobs.plan.check;

import io.headroom.jobs.settings.Settings;
import io.headroom.jobs.settings.SettingsFile;
import io.headroom.plan.memory.EngineOverheads;
import io.headroom.plan.memory.Overhead;
import java.nio.file.Path;
import java.util.List;

/** A HOCON file with {@code overheads { key = value }}: what it does not name is as usual. */
final class OverheadsFile {
  private OverheadsFile() {}

  /**
   * @throws io.headroom.UserException if the file cannot be read, a key is not known, or its value
   *     is out of range
   */
  static EngineOverheads read(Path file) {
    Settings settings = SettingsFile.read(file, "", List.of()).only("overheads");
    EngineOverheads overheads = EngineOverheads.USUAL;
    for (Overhead overhead : Overhead.values()) {
      if (settings.has(overhead.key())) {
        double value = settings.number(overhead.key(), overhead.least(), overhead.most());
        overheads = overheads.with(overhead, value);
      }
    }
    settings.rejectUnknown();
    return overheads;
  }
}
