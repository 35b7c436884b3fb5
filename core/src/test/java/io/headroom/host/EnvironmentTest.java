package io.headroom.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

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
    assertThat(Environment.current()).isEqualTo(environment);
  }
}
