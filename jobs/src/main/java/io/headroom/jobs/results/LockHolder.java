package io.headroom.jobs.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * Who holds the lock of a folder.
 *
 * @param place where its process has that number
 * @param processStartedAt with the process's number tells it from a later one of that number; the
 *     epoch where the platform does not tell
 * @param since when the lock was made
 * @param heartbeatAt when the holder last said that it is at work
 * @param application whose driver it is; empty where no cluster starts it again
 */
public record LockHolder(
    String runId,
    ProcessPlace place,
    long pid,
    Instant processStartedAt,
    Instant since,
    Instant heartbeatAt,
    Optional<ClusterApplication> application) {

  /** A holder that was not heard of for so long is gone, wherever it runs. */
  public static final Duration STALE_AFTER = Duration.ofMinutes(5);

  /** The same process may be told to have started at times so far apart, as clocks are set. */
  private static final Duration START_TOLERANCE = Duration.ofSeconds(2);

  private static final ObjectMapper JSON = new ObjectMapper();

  /** This process, now. */
  public static LockHolder here(String runId) {
    ProcessHandle process = ProcessHandle.current();
    Instant now = Instant.now();
    return new LockHolder(
        runId,
        ProcessPlace.here(),
        process.pid(),
        startOf(process),
        now,
        now,
        ClusterApplication.current());
  }

  public LockHolder heardAt(Instant now) {
    return new LockHolder(runId, place, pid, processStartedAt, since, now, application);
  }

  /**
   * Whether it may still be at work: it was heard of lately and, where its process can be seen from
   * here, that is there. An earlier attempt of an application is over when the next one begins.
   *
   * @param other who asks
   */
  boolean mayBeAlive(LockHolder other, Instant now) {
    if (heartbeatAt.isBefore(now.minus(STALE_AFTER))) {
      return false;
    }
    boolean isFollowed =
        application.isPresent()
            && other.application.filter(next -> next.follows(application.get())).isPresent();
    if (isFollowed) {
      return false;
    }
    return !place.equals(other.place)
        || ProcessHandle.of(pid)
            .filter(ProcessHandle::isAlive)
            .filter(process -> startedThen(startOf(process)))
            .isPresent();
  }

  private boolean startedThen(Instant start) {
    return Duration.between(processStartedAt, start).abs().compareTo(START_TOLERANCE) <= 0;
  }

  private static Instant startOf(ProcessHandle process) {
    return process.info().startInstant().orElse(Instant.EPOCH);
  }

  public String toJson() {
    ObjectNode json = JSON.createObjectNode();
    json.put("run_id", runId);
    json.put("host", place.host());
    json.put("boot", place.boot());
    json.put("pid_namespace", place.namespace());
    json.put("pid", pid);
    json.put("process_started_at", processStartedAt.toString());
    json.put("since", since.toString());
    json.put("heartbeat_at", heartbeatAt.toString());
    application.ifPresent(
        of -> {
          json.put("application", of.id());
          json.put("attempt", of.attempt());
        });
    return json.toPrettyString() + "\n";
  }

  /**
   * @return empty if the text is not that of a holder, such as one that is being written
   */
  static Optional<LockHolder> parse(String text) {
    try {
      JsonNode json = JSON.readTree(text);
      if (!json.path("run_id").isTextual() || !json.path("pid").isIntegralNumber()) {
        return Optional.empty();
      }
      return Optional.of(
          new LockHolder(
              json.path("run_id").asText(),
              new ProcessPlace(
                  json.path("host").asText(),
                  json.path("boot").asText(),
                  json.path("pid_namespace").asText()),
              json.path("pid").asLong(),
              Instant.parse(json.path("process_started_at").asText()),
              Instant.parse(json.path("since").asText()),
              Instant.parse(json.path("heartbeat_at").asText()),
              json.path("application").isTextual()
                  ? Optional.of(
                      new ClusterApplication(
                          json.path("application").asText(), json.path("attempt").asInt()))
                  : Optional.empty()));
    } catch (JsonProcessingException | DateTimeParseException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "run %s on host %s, process %d, since %s".formatted(runId, place.host(), pid, since);
  }
}
