package io.headroom.jobs.plan.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.settings.SettingsFile;
import io.headroom.jobs.testkit.DocumentedCommands;
import io.headroom.plan.search.ServiceLevels;
import io.headroom.plan.search.ServicePreset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What conf/README.md says of plans is so. */
class DocumentedPlanTest {
  private static final String README = "conf/README.md";

  @TempDir Path folder;

  @Test
  void theExampleHasTheDefaults() throws IOException {
    PlanSettings documented = read(DocumentedCommands.snippet(README, "hocon", "plan"));

    assertThat(documented)
        .isEqualTo(
            read(
                """
                plan {
                  models = [llama-3.1-8b]
                  accelerators = [h100_sxm]
                  workload {
                    arrivals = poisson
                    rate = 20
                    lengths { lognormal { mean = 1155, p50 = 1020, max = 14050 } }
                    output { lognormal { mean = 211, p50 = 129, max = 1000 } }
                  }
                  service-levels { ttft-p99-ms = 2000, tpot-p99-ms = 200 }
                }
                """));
  }

  @Test
  void everyKeyOfTheDefaultsIsInTheExample() {
    String example = DocumentedCommands.snippet(README, "hocon", "plan");

    assertThat(PlanSettings.DEFAULTS.replaceAll("[^a-z-]+", " ").strip().split(" ", -1))
        .isNotEmpty()
        .allSatisfy(word -> assertThat(example).contains(word));
  }

  @Test
  void everyPresetIsNamedWithItsLevels() {
    for (String name : ServicePreset.names().split(", ", -1)) {
      ServiceLevels levels = ServicePreset.named(name).orElseThrow().levels();
      assertThat(DocumentedCommands.section(README, "Plans"))
          .contains(
              "| `%s` | %,.0f, %.0f |"
                  .formatted(name, levels.ttftP99Millis(), levels.tpotP99Millis()));
    }
  }

  private PlanSettings read(String hocon) throws IOException {
    Path conf = Files.writeString(folder.resolve("plan.conf"), hocon);
    return PlanSettingsReader.read(SettingsFile.read(conf, PlanSettings.DEFAULTS, List.of()));
  }
}
