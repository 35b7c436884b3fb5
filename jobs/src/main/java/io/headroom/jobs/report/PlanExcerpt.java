package io.headroom.jobs.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.headroom.host.Environment;
import io.headroom.jobs.deployments.PlannedSearch;
import io.headroom.jobs.deployments.SearchResult;
import io.headroom.jobs.results.Manifest;
import io.headroom.jobs.results.Provenance;
import io.headroom.jobs.results.RunState;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the page tells of a plan's manifest; what the manifest does not say is null. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PlanExcerpt(
    String name,
    String state,
    String note,
    String startedAt,
    Double wallSeconds,
    Long candidates,
    Long requests,
    Map<String, PlannedSearch.PriceOf> prices,
    Map<String, List<String>> assumed,
    Long feasible,
    Map<String, Long> infeasible,
    String headroomVersion,
    String gitCommit,
    String sparkVersion,
    String sparkMaster,
    Environment driver,
    Map<String, Object> configuration) {

  static PlanExcerpt of(Manifest manifest) {
    RunState run = manifest.run();
    Provenance provenance = manifest.provenance();
    Optional<PlannedSearch> planned = manifest.part(PlannedSearch.class);
    Optional<SearchResult> result = manifest.part(SearchResult.class);
    return new PlanExcerpt(
        run.name(),
        run.state(),
        run.note(),
        run.startedAt(),
        run.wallSeconds(),
        planned.map(PlannedSearch::candidates).orElse(null),
        planned.map(PlannedSearch::requests).orElse(null),
        planned.map(PlannedSearch::prices).orElse(Map.of()),
        planned.map(PlannedSearch::assumed).orElse(Map.of()),
        result.map(SearchResult::feasible).orElse(null),
        result.map(SearchResult::infeasible).orElse(null),
        provenance.headroomVersion(),
        provenance.gitCommit(),
        provenance.sparkVersion(),
        provenance.sparkMaster(),
        provenance.driver(),
        provenance.configuration());
  }
}
