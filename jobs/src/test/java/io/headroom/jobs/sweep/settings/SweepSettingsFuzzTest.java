package io.headroom.jobs.sweep.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.settings.SettingsFile;
import io.headroom.testkit.Fuzz;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a configuration holds, it is a sweep or the user's mistake. */
class SweepSettingsFuzzTest {
  private static final long MIB = 1L << 20;

  @TempDir Path folder;

  @Test
  void configurations() throws IOException {
    List<byte[]> valid = new ArrayList<>();
    for (String name : List.of("kv-cache", "quickstart", "windows")) {
      Path file = SharedData.projectRoot().resolve("conf/sweeps/" + name + ".conf");
      valid.add(Files.readAllBytes(file));
    }
    valid.add(
        """
        sweep {
          models = ["gpt2"]
          base = { size = 8, sinks = 1 }
          windows = [none, ${sweep.base}] [{ size = 3 }]
          sequences { lognormal { mean = 20, p50 = 16, max = 60 }, count = 5 }
          seed = ${?NOT_SET}
          threads += 2
          name = \"\"\"a "name" of text\"\"\"
        }
        """
            .getBytes(StandardCharsets.UTF_8));
    Files.writeString(folder.resolve("base.conf"), "sweep.seed = 7");
    List<String> tokens =
        List.of(
            "include \"base.conf\"\n",
            "include \"sweep.conf\"\n",
            "include url(\"http://127.0.0.1:9/a.conf\")\n",
            "include file(\"/etc/passwd\")\n",
            "${sweep.models}",
            "${?PATH}",
            "${sweep}",
            "sweep.seed = ${sweep.seed}\n",
            "+= 1\n",
            "a.".repeat(4000),
            "\"\"\"",
            "count = 2000000000\n",
            "lengths = [1]\n",
            "trace = \"\\u0000\"\n",
            "//",
            "#",
            "=");
    Path file = folder.resolve("sweep.conf");

    long inputs =
        Fuzz.run(
            valid,
            tokens,
            512 * MIB,
            input -> {
              Files.write(file, input);
              SettingsFile settings = SettingsFile.read(file, SweepSettings.DEFAULTS, List.of());
              SweepSettings sweep = SweepSettingsReader.read(settings);
              assertThat(SweepSize.cells(sweep)).isBetween(1L, SweepSize.MOST_CELLS);
              settings.render();
            });

    assertThat(inputs).isPositive();
  }
}
