package io.headroom.jobs.plan;

import io.headroom.jobs.cli.Units;
import io.headroom.jobs.plan.prices.Price;
import io.headroom.jobs.plan.requests.RequestsReader;
import io.headroom.jobs.plan.settings.PlanSettings;
import io.headroom.plan.search.Demand;
import io.headroom.plan.search.SearchSpace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a plan would search and simulate, and for which requests. */
final class PlanDryRun {
  private final PlanPlanner planner;
  private final PlanSettings settings;
  private final RequestsReader.Read read;
  private final SearchSpace space;
  private final Demand demand;
  private final int simulatedRequests;

  PlanDryRun(PlanPlanner planner, RequestsReader.Read read) {
    this.planner = planner;
    this.settings = planner.settings();
    this.read = read;
    this.space = planner.space();
    this.demand = read.requests().demand(settings.levels());
    this.simulatedRequests =
        read.requests()
            .simulatedCount(settings.simulatedRequests(read.requests().requestsPerSecond()));
  }

  String text() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %s x %s x %s x %s of weights x %s x %s%s"
            .formatted(
                Units.counted(space.size(), "candidate"),
                Units.counted(space.variants().size(), "model variant"),
                Units.counted(space.accelerators().size(), "accelerator"),
                Units.counted(space.parallelisms().size(), "parallelism"),
                Units.counted(space.weights().size(), "kind"),
                Units.counted(space.kvFormats().size(), "KV precision"),
                Units.counted(limits(), "limit"),
                pools() == 1 ? "" : " x %d ways of pools".formatted(pools())));
    lines.add(
        "%s, %s a second, %s tokens in and %s out on average; TTFT p99 %s ms, TPOT p99 %s ms"
            .formatted(
                Units.counted(read.requests().count(), "request"),
                Units.threeDigits(demand.requestsPerSecond()),
                Units.threeDigits(demand.mix().inputTokens()),
                Units.threeDigits(demand.mix().outputTokens()),
                Units.threeDigits(settings.levels().ttftP99Millis()),
                Units.threeDigits(settings.levels().tpotP99Millis())));
    lines.add(simulations());
    for (String name : space.accelerators()) {
      lines.add("%s: %s".formatted(name, price(name).map(PlanDryRun::text).orElse("no price")));
    }
    return String.join(System.lineSeparator(), lines) + System.lineSeparator();
  }

  private String simulations() {
    if (settings.simulateBest() == 0) {
      return "nothing is simulated: plan.simulate.best = 0";
    }
    int asked = settings.simulateRequests();
    String reason =
        simulatedRequests > asked
            ? "a run lasts at least %.0f times the level of TTFT"
                .formatted(PlanSettings.LEVELS_OF_RUN)
            : "there are no more";
    return "at most %s simulated, %s each%s"
        .formatted(
            Units.counted(settings.simulateBest(), "deployment"),
            Units.counted(simulatedRequests, "request"),
            simulatedRequests == asked
                ? ""
                : ", not plan.simulate.requests = %s: %s".formatted(Units.count(asked), reason));
  }

  private static String text(Price price) {
    return "%s USD an hour, %s, %s"
        .formatted(Units.threeDigits(price.usdPerHour()), price.date(), price.source());
  }

  private Optional<Price> price(String accelerator) {
    return Optional.ofNullable(planner.prices().get(accelerator));
  }

  private int limits() {
    return space.batchedTokens().size() * space.sequences().size() * space.utilisations().size();
  }

  private int pools() {
    return space.disaggregated().size();
  }

  /** The same as one JSON object. */
  Map<String, Object> json() {
    Map<String, Object> axes = new LinkedHashMap<>();
    axes.put("model_variants", space.variants().size());
    axes.put("accelerators", space.accelerators().size());
    axes.put("parallelisms", space.parallelisms().size());
    axes.put("weights", space.weights().size());
    axes.put("kv_precisions", space.kvFormats().size());
    axes.put("limits", limits());
    axes.put("pools", pools());
    Map<String, Object> prices = new LinkedHashMap<>();
    for (String name : space.accelerators()) {
      prices.put(name, price(name).map(PlanDryRun::fields).orElse(null));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("candidates", space.size());
    json.put("axes", axes);
    json.put("requests", read.requests().count());
    json.put("requests_per_second", demand.requestsPerSecond());
    json.put("input_tokens_mean", demand.mix().inputTokens());
    json.put("output_tokens_mean", demand.mix().outputTokens());
    json.put("level_ttft_p99_ms", settings.levels().ttftP99Millis());
    json.put("level_tpot_p99_ms", settings.levels().tpotP99Millis());
    json.put("simulated_deployments", settings.simulateBest());
    json.put("simulated_requests", settings.simulateBest() == 0 ? 0 : simulatedRequests);
    json.put("prices", prices);
    json.put("left_out", planner.unbuildable());
    json.put("note", read.note().orElse(null));
    return json;
  }

  private static Map<String, Object> fields(Price price) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("usd_per_hour", price.usdPerHour());
    fields.put("date", price.date().toString());
    fields.put("source", price.source());
    return fields;
  }
}
