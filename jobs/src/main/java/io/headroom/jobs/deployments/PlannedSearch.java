package io.headroom.jobs.deployments;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a plan searches, as its manifest has it.
 *
 * @param plan fingerprint of all that decides what is found; empty if the manifest does not say
 * @param candidates of the search
 * @param requests that the plan is for
 * @param prices by accelerator
 * @param assumed in lines, by accelerator; empty if the manifest does not say
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PlannedSearch(
    String plan,
    Long candidates,
    Long requests,
    Map<String, PriceOf> prices,
    Map<String, List<String>> assumed) {

  /** What one costs, when, and where that is from. */
  public record PriceOf(double usdPerHour, String date, String source) {}

  public PlannedSearch {
    plan = plan == null ? "" : plan;
    prices = prices == null ? new TreeMap<>() : new TreeMap<>(prices);
    assumed = assumed == null ? new TreeMap<>() : new TreeMap<>(assumed);
  }
}
