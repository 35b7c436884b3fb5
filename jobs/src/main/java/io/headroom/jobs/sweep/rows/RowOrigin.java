package io.headroom.jobs.sweep.rows;

import java.io.Serializable;
import java.time.Instant;

/** Where and when a row was made. */
public record RowOrigin(
    String runId,
    int stageAttempt,
    int taskAttempt,
    int partitionId,
    String executorId,
    String host,
    Instant startedAt)
    implements Serializable {}
