package io.headroom.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentTest {

  @Test
  void saysWhereItRuns() {
    Environment environment = Environment.current();

    assertThat(environment.javaVersion()).startsWith(Runtime.version().feature() + "");
    assertThat(environment.javaVendor()).isNotBlank();
    assertThat(environment.operatingSystem()).startsWith(System.getProperty("os.name") + " ");
    assertThat(environment.processor()).isNotBlank().isEqualTo(environment.processor().strip());
    assertThat(environment.processors()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(environment.maxHeapBytes()).isEqualTo(Runtime.getRuntime().maxMemory());
    assertThat(environment.memoryBytes()).isGreaterThan(1L << 28);
    assertThat(Environment.current()).isEqualTo(environment);
  }

  @Test
  void theLastLevelCacheIsThatOfTheHighestLevel(@TempDir Path caches) throws IOException {
    assertThat(Environment.lastLevelCacheBytes(caches)).isNull();
    cache(caches.resolve("index0"), "1", "48K");
    cache(caches.resolve("index3"), "3", "32768K");
    cache(caches.resolve("index2"), "2", "2048K");
    Files.writeString(caches.resolve("uevent"), "");

    assertThat(Environment.lastLevelCacheBytes(caches)).isEqualTo(32L << 20);
    assertThat(Environment.lastLevelCacheBytes(caches.resolve("none"))).isNull();
    Files.writeString(caches.resolve("index3").resolve("size"), "?");
    assertThat(Environment.lastLevelCacheBytes(caches)).isNull();
  }

  private static void cache(Path folder, String level, String size) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("level"), level + "\n");
    Files.writeString(folder.resolve("size"), size + "\n");
  }
}
