package io.headroom.jobs.sweep.cells;

import io.headroom.jobs.settings.KvHeads;
import io.headroom.jobs.settings.SettingsFile;
import io.headroom.jobs.settings.Window;
import io.headroom.jobs.sweep.settings.SweepSettings;
import io.headroom.jobs.sweep.settings.SweepSettingsReader;
import io.headroom.jobs.testkit.ScratchSweep;
import io.headroom.kvcache.KvFormat;
import io.headroom.model.ModelSpec;
import io.headroom.model.config.ModelCatalogue;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Settings, models and cells of the tests of sweeps. */
public final class Sweeps {
  public static final MeasureSettings MEASURE =
      new MeasureSettings("run", 11, 0, 20_000_000_000L, 0.05, 2, 600_000_000_000L);

  private Sweeps() {}

  /** Names of the catalogue's models; not T5, for nobody says how long its encoder is. */
  public static List<String> models() {
    return catalogue().names().stream().filter(name -> !name.startsWith("t5")).toList();
  }

  public static ModelCatalogue catalogue() {
    return new ModelCatalogue(SharedData.projectRoot().resolve("conf/models"));
  }

  public static ModelSpec qwen() {
    return catalogue().find("qwen2-0.5b");
  }

  public static ModelSpec tinyLlama() {
    return catalogue().find("tinyllama-1.1b");
  }

  public static Cell cell(ModelSpec model, KvFormat precision) {
    return new Cell(model, precision, Window.NONE, true, "vector", 1, 1, 1, 1, 42);
  }

  /** Settings of one short sequence and the given lines. */
  public static SweepSettings settings(String body) {
    try {
      Path folder = Files.createTempDirectory("headroom");
      Path file = folder.resolve("sweep.hocon");
      try {
        ScratchSweep.write(file, "sweep {\nsequences { lengths = [4] }\n" + body + "\n}\n");
        return SweepSettingsReader.read(SettingsFile.read(file, SweepSettings.DEFAULTS, List.of()));
      } finally {
        Files.deleteIfExists(file);
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static SweepSettings settings(String body, List<KvHeads> kvHeads) {
    String words =
        kvHeads.stream()
            .map(
                heads -> {
                  if (heads instanceof KvHeads.Count count) {
                    return String.valueOf(count.heads());
                  }
                  if (heads instanceof KvHeads.Mha) {
                    return "mha";
                  }
                  return heads instanceof KvHeads.Mqa ? "mqa" : "model";
                })
            .collect(Collectors.joining(", ", "kv-heads = [", "]"));
    return settings(body + "\n" + words);
  }
}
