package io.headroom.jobs.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.headroom.host.Environment;
import io.headroom.jobs.measurements.MeasuringHosts;
import io.headroom.jobs.measurements.MeasuringTime;
import io.headroom.jobs.measurements.PlannedSweep;
import io.headroom.jobs.measurements.PredictionError;
import io.headroom.jobs.measurements.SweepResult;
import io.headroom.jobs.results.Manifest;
import io.headroom.jobs.results.Provenance;
import io.headroom.jobs.results.RunState;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the page tells of a sweep's manifest; what the manifest does not say is null.
 *
 * @param hosts the first of them
 * @param hostsLeftOut how many more there are
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ManifestExcerpt(
    String name,
    String state,
    String note,
    String startedAt,
    Double wallSeconds,
    Integer cellsPlanned,
    Integer sequences,
    Long rowsOk,
    Long rowsUnsupported,
    Long rowsFailed,
    Long rowsNoisy,
    Long rowsUnsteady,
    Double measuringShare,
    Double predictionErrorP50,
    Double predictionErrorP90,
    String headroomVersion,
    String gitCommit,
    String sparkVersion,
    String sparkMaster,
    Environment driver,
    Map<String, Object> configuration,
    List<MeasuringHosts.Host> hosts,
    int hostsLeftOut) {

  private static final int MOST_HOSTS = 50;

  static ManifestExcerpt of(Manifest manifest) {
    RunState run = manifest.run();
    Provenance provenance = manifest.provenance();
    PlannedSweep planned = manifest.part(PlannedSweep.class).orElse(PlannedSweep.UNKNOWN);
    Optional<SweepResult> result = manifest.part(SweepResult.class);
    Optional<PredictionError> error = manifest.part(PredictionError.class);
    List<MeasuringHosts.Host> hosts =
        manifest.part(MeasuringHosts.class).map(MeasuringHosts::hosts).orElse(List.of());
    return new ManifestExcerpt(
        run.name(),
        run.state(),
        run.note(),
        run.startedAt(),
        run.wallSeconds(),
        planned.cellsPlanned(),
        planned.sequences(),
        result.map(SweepResult::rowsOk).orElse(null),
        result.map(SweepResult::rowsUnsupported).orElse(null),
        result.map(SweepResult::rowsFailed).orElse(null),
        result.map(SweepResult::rowsNoisy).orElse(null),
        result.map(SweepResult::rowsUnsteady).orElse(null),
        manifest.part(MeasuringTime.class).map(MeasuringTime::measuringShare).orElse(null),
        error.map(PredictionError::median).orElse(null),
        error.map(PredictionError::p90).orElse(null),
        provenance.headroomVersion(),
        provenance.gitCommit(),
        provenance.sparkVersion(),
        provenance.sparkMaster(),
        provenance.driver(),
        provenance.configuration(),
        hosts.subList(0, Math.min(MOST_HOSTS, hosts.size())),
        Math.max(0, hosts.size() - MOST_HOSTS));
  }
}
