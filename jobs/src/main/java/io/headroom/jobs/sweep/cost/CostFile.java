package io.headroom.jobs.sweep.cost;

import com.fasterxml.jackson.databind.JsonNode;
import io.headroom.UserException;
import io.headroom.jobs.results.ResultsFolder;
import io.headroom.kvcache.KvPrecision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A {@link CostModel} as the manifest of a sweep has it, under {@link #KEY}. */
public final class CostFile {
  /** What the manifest calls it. */
  public static final String KEY = "cost_model";

  private static final Comparator<CostKey> IN_ORDER =
      Comparator.comparing(CostKey::engine)
          .thenComparing(CostKey::precision)
          .thenComparing(CostKey::phase)
          .thenComparing(CostKey::threads);

  private final String folder;

  private CostFile(String folder) {
    this.folder = folder;
  }

  /**
   * Reads what an earlier sweep learnt.
   *
   * @param folder its results
   * @throws UserException if the folder has no manifest, or one without a cost model
   */
  public static CostModel read(String folder) {
    JsonNode manifest =
        ResultsFolder.at(folder)
            .manifest()
            .orElseThrow(
                () ->
                    new UserException(
                        "--costs %s: holds no manifest.json; allowed: the results of a sweep"
                            .formatted(folder)));
    return new CostFile(folder).model(manifest.path(KEY));
  }

  /** The model as the manifest has it; constants in nanoseconds, in a fixed order. */
  public static Map<String, Object> asMap(CostModel model) {
    List<Map<String, Object>> constants = new ArrayList<>();
    model.fitted().keySet().stream()
        .sorted(IN_ORDER)
        .forEach(
            key -> {
              PhaseCost cost = model.cost(key);
              Map<String, Object> entry = new LinkedHashMap<>();
              entry.put("engine", key.engine());
              entry.put("kv_precision", key.precision().label());
              entry.put("phase", key.phase().label());
              entry.put("threads", key.threads());
              entry.put("ns_per_call", cost.nanosPerCall());
              entry.put("ns_per_flop", cost.nanosPerFlop());
              entry.put("ns_per_byte", cost.nanosPerByte());
              constants.add(entry);
            });
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("measuring_scale", model.measuringScale());
    map.put("constants", constants);
    return map;
  }

  private CostModel model(JsonNode json) {
    if (!json.path("constants").isArray()) {
      throw wrong(KEY, json, "the results of a sweep that came to its end");
    }
    Map<CostKey, PhaseCost> fitted = new HashMap<>();
    for (JsonNode entry : json.path("constants")) {
      CostKey key =
          new CostKey(
              entry.path("engine").asText(),
              precision(entry),
              phase(entry),
              entry.path("threads").asInt());
      fitted.put(
          key,
          new PhaseCost(
              positive(entry, "ns_per_call"),
              positive(entry, "ns_per_flop"),
              positive(entry, "ns_per_byte")));
    }
    return new CostModel(fitted, positive(json, "measuring_scale"));
  }

  private KvPrecision precision(JsonNode entry) {
    JsonNode label = entry.path("kv_precision");
    return KvPrecision.named(label.asText())
        .orElseThrow(() -> wrong("kv_precision", label, KvPrecision.labels()));
  }

  private Phase phase(JsonNode entry) {
    JsonNode label = entry.path("phase");
    return Phase.named(label.asText()).orElseThrow(() -> wrong("phase", label, "prefill, decode"));
  }

  private double positive(JsonNode entry, String key) {
    JsonNode value = entry.path(key);
    if (!value.isNumber() || !(value.asDouble() > 0)) {
      throw wrong(key, value, "a number above 0");
    }
    return value.asDouble();
  }

  private UserException wrong(String key, JsonNode value, String allowed) {
    String shown = value.isMissingNode() ? "missing" : value.toString();
    return new UserException(
        "--costs %s: manifest.json: %s = %s; allowed: %s".formatted(folder, key, shown, allowed));
  }
}
