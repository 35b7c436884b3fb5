package io.headroom.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.kvcache.KvFormat;
import io.headroom.model.config.ModelFile;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** KV bytes counted elsewhere for published configurations. */
class GoldenKvBytesTest {

  @Test
  void countsEveryByteThatTheTableNames() throws IOException {
    Path models = SharedData.require("models");
    List<String> lines = Files.readAllLines(SharedData.require("golden/kv-bytes.csv"));

    assertThat(lines).hasSizeGreaterThan(60);
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      ModelSpec model = ModelFile.read(models.resolve(cells[0]));
      KvFormat precision = KvFormat.named(cells[2]).orElseThrow();
      assertThat(model.kvBytes(Long.parseLong(cells[1]), precision))
          .as(line)
          .isEqualTo(Long.parseLong(cells[3]));
    }
  }
}
