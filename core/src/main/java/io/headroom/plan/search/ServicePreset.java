package io.headroom.plan.search;

import io.headroom.json.JsonDocument;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Service levels that have a name.
 *
 * @param source which round of which benchmark has them
 */
public record ServicePreset(String name, ServiceLevels levels, String source) {
  private static final String FILE = "service-presets.json";

  private static final List<ServicePreset> KNOWN =
      JsonDocument.resources(ServicePreset.class, FILE).stream().map(ServicePreset::read).toList();

  public static Optional<ServicePreset> named(String name) {
    return KNOWN.stream().filter(preset -> preset.name().equals(name)).findFirst();
  }

  public static String names() {
    return KNOWN.stream().map(ServicePreset::name).collect(Collectors.joining(", "));
  }

  private static ServicePreset read(JsonDocument json) {
    return new ServicePreset(
        json.text("name").orElseThrow(),
        new ServiceLevels(
            json.positiveNumber("ttft_p99_millis").orElseThrow(),
            json.positiveNumber("tpot_p99_millis").orElseThrow()),
        json.text("source").orElseThrow());
  }
}
