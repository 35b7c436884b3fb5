package io.headroom.jobs.sweep.cost;

import io.headroom.MessageLine;
import io.headroom.UserException;
import io.headroom.jobs.results.Manifest;
import io.headroom.jobs.results.ResultsFolder;
import io.headroom.jobs.results.ResultsKind;
import io.headroom.kvcache.KvFormat;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What an earlier sweep learnt, read from its manifest. */
public final class CostFile {
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
    Manifest manifest =
        ResultsFolder.at(folder, ResultsKind.SWEEP)
            .manifest()
            .orElseThrow(
                () ->
                    new UserException(
                        "--costs %s: holds no manifest.json; allowed: the results of a sweep"
                            .formatted(folder)));
    CostFile file = new CostFile(folder);
    LearntCosts.Model model =
        manifest.part(LearntCosts.class).map(LearntCosts::costModel).orElse(null);
    if (model == null || model.constants() == null) {
      throw file.wrong(
          model == null ? "cost_model" : "constants",
          null,
          "the results of a sweep that came to its end");
    }
    return file.checked(model);
  }

  private CostModel checked(LearntCosts.Model model) {
    Map<CostKey, PhaseCost> fitted = new HashMap<>();
    for (LearntCosts.Constants constants : model.constants()) {
      fitted.put(key(constants), cost(constants));
    }
    return new CostModel(fitted, positive("measuring_scale", model.measuringScale()));
  }

  private CostKey key(LearntCosts.Constants constants) {
    KvFormat precision =
        known(constants.kvPrecision())
            .flatMap(KvFormat::named)
            .orElseThrow(() -> wrong("kv_precision", constants.kvPrecision(), KvFormat.labels()));
    Phase phase =
        known(constants.phase())
            .flatMap(Phase::named)
            .orElseThrow(() -> wrong("phase", constants.phase(), "prefill, decode"));
    String engine =
        known(constants.engine()).orElseThrow(() -> wrong("engine", null, "the name of an engine"));
    int threads = (int) positive("threads", constants.threads());
    return new CostKey(engine, precision, phase, threads);
  }

  private static Optional<String> known(String value) {
    return Optional.ofNullable(value);
  }

  private PhaseCost cost(LearntCosts.Constants constants) {
    return new PhaseCost(
        positive("ns_per_call", constants.nsPerCall()),
        positive("ns_per_flop", constants.nsPerFlop()),
        positive("ns_per_byte", constants.nsPerByte()));
  }

  private double positive(String key, Number value) {
    if (value == null || !(value.doubleValue() > 0)) {
      throw wrong(key, value, "a number above 0");
    }
    return value.doubleValue();
  }

  private UserException wrong(String key, Object value, String allowed) {
    String shown = value instanceof String text ? '"' + text + '"' : String.valueOf(value);
    return new UserException(
        "--costs %s: manifest.json: %s = %s; allowed: %s"
            .formatted(folder, key, value == null ? "missing" : MessageLine.of(shown), allowed));
  }
}
