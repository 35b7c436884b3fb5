package io.headroom.jobs.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.time.Instant;

/**
 * Which run the results are of, and how far it came: a part of every {@link Manifest}. What a
 * manifest does not say is null.
 *
 * @param name what the user calls it, empty if the manifest does not say
 * @param kind the label of a {@link ResultsKind}; null before there was more than one
 * @param state {@link #RUNNING} or {@link #DONE}
 * @param startedAt as ISO 8601 has it, in UTC
 * @param note what a reader must know of it
 * @param schemaVersion of the columns of its tables
 * @param application of YARN whose driver runs it; null where YARN does not run the driver
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunState(
    String name,
    String kind,
    String state,
    String runId,
    String startedAt,
    Double wallSeconds,
    String note,
    Integer schemaVersion,
    String application) {

  public static final String RUNNING = "running";
  public static final String DONE = "done";

  private static final double MILLIS_PER_SECOND = 1e3;

  public RunState {
    name = name == null ? "" : name;
  }

  /**
   * A run that has just begun.
   *
   * @param note null if there is none
   */
  public static RunState begun(
      ResultsKind kind,
      String name,
      String runId,
      Instant started,
      String note,
      int schemaVersion) {
    return new RunState(
        name,
        kind.label(),
        RUNNING,
        runId,
        started.toString(),
        0.0,
        note,
        schemaVersion,
        ClusterApplication.current().map(ClusterApplication::id).orElse(null));
  }

  /** The same run at another moment. */
  public RunState at(Instant now, String newState) {
    double seconds = Duration.between(Instant.parse(startedAt), now).toMillis() / MILLIS_PER_SECOND;
    return new RunState(
        name, kind, newState, runId, startedAt, seconds, note, schemaVersion, application);
  }
}
