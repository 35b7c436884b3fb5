package io.headroom.jobs.traces;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import io.headroom.UserException;
import io.headroom.jobs.spark.SparkJobs;
import io.headroom.workload.TraceCounts;
import io.headroom.workload.TraceDescription;
import io.headroom.workload.TraceRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A checked trace.
 *
 * @param file the path as the user wrote it
 * @param description what the user said of it, or the format that was found
 * @param timed whether every request says when it arrived; if not, none has an arrival, and the
 *     order of the file is theirs
 * @param requests rows of {@link #SCHEMA}, or of {@link #HISTORY_SCHEMA} if the histories are read,
 *     in the order of the file, which need not be that of arrival; read again from the file by each
 *     action
 * @param counts what became of the file's rows
 * @param extent how far the requests reach
 * @param remarks what was taken for granted and the user should know
 */
public record Trace(
    String file,
    TraceDescription description,
    boolean timed,
    Dataset<Row> requests,
    TraceCounts counts,
    TraceExtent extent,
    List<String> remarks) {
  private static final long POSITIONS_APART = 1L << 40;

  /**
   * Line in the file, from 1, what {@link TraceRequest} holds, since the earliest request, and
   * which request of its line it is, from 0.
   */
  public static final StructType SCHEMA =
      new StructType(
          new StructField[] {
            new StructField("line", DataTypes.LongType, false, Metadata.empty()),
            new StructField("arrival_nanos", DataTypes.LongType, true, Metadata.empty()),
            new StructField("prompt_tokens", DataTypes.IntegerType, false, Metadata.empty()),
            new StructField("output_tokens", DataTypes.IntegerType, false, Metadata.empty()),
            new StructField("position", DataTypes.IntegerType, false, Metadata.empty())
          });

  /**
   * {@link #SCHEMA}, where a request has its arrival also if others have none, and what {@link
   * io.headroom.workload.RequestHistory} holds, null for what is not told: the session that it is a
   * turn of, the delay after the answer to the turn before, ids of the blocks that its prompt
   * begins with, tokens of such a block, and within what the ids mean the same, null for the whole
   * trace.
   */
  public static final StructType HISTORY_SCHEMA =
      SCHEMA
          .add("session", DataTypes.StringType, true)
          .add("delay_nanos", DataTypes.LongType, true)
          .add("prefix_ids", DataTypes.createArrayType(DataTypes.LongType, false), true)
          .add("prefix_block_tokens", DataTypes.IntegerType, true)
          .add("prefix_scope", DataTypes.StringType, true);

  public Trace {
    remarks = List.copyOf(remarks);
  }

  /**
   * One line that says what was skipped and why, and what was taken for granted; empty if every row
   * is used as it stands.
   */
  public Optional<String> note() {
    return noteWith(List.of());
  }

  /** The note with more remarks behind. */
  public Optional<String> noteWith(List<String> more) {
    List<String> parts = new ArrayList<>();
    if (!counts.skipped().isEmpty()) {
      parts.add(
          "%d of %d rows are skipped, %s"
              .formatted(counts.rows() - counts.used(), counts.rows(), counts.skippedText()));
    }
    parts.addAll(remarks);
    parts.addAll(more);
    return parts.isEmpty() ? Optional.empty() : Optional.of(file + ": " + String.join("; ", parts));
  }

  /**
   * Draws requests without replacement, each with the same chance. Which ones depends on the seed
   * and on their lines in the file, not on how Spark splits it.
   *
   * @param size how many, at least 1; all if the trace has no more
   */
  public TraceSample sample(int size, long seed) {
    if (size < 1) {
      throw new IllegalArgumentException("sample must be at least 1: " + size);
    }
    Dataset<Row> drawn = size < counts.used() ? smallestHashes(size, seed) : requests;
    List<TraceRequest> byArrival =
        SparkJobs.described(
                requests.sparkSession(),
                "sample " + size + " requests of " + file,
                drawn::collectAsList)
            .stream()
            .sorted(
                Comparator.<Row>comparingLong(this::arrivalNanos)
                    .thenComparing(row -> row.getLong(0))
                    .thenComparing(row -> row.getInt(4)))
            .map(row -> new TraceRequest(arrivalNanos(row), row.getInt(2), row.getInt(3)))
            .toList();
    return new TraceSample(file, size, byArrival);
  }

  /**
   * Requests that can be served.
   *
   * @throws UserException if there is none
   */
  public long served() {
    long served = counts.used() - extent.emptyOutputs();
    if (served == 0) {
      throw new UserException(
          counts.used() == 1
              ? "%s: its 1 request generated nothing".formatted(file)
              : "%s: none of %d requests generated anything".formatted(file, counts.used()));
    }
    return served;
  }

  /** What is said of the others; empty if there are none. */
  public List<String> notServed() {
    return extent.emptyOutputs() == 0
        ? List.of()
        : List.of(
            extent.emptyOutputs() == 1
                ? "1 request generated nothing and is left out"
                : "%d requests generated nothing and are left out"
                    .formatted(extent.emptyOutputs()));
  }

  boolean hasHistory() {
    return requests.schema().equals(HISTORY_SCHEMA);
  }

  private long arrivalNanos(Row row) {
    return timed ? row.getLong(1) : TraceRequest.NO_ARRIVAL;
  }

  private Dataset<Row> smallestHashes(int size, long seed) {
    Column place = col("line").plus(col("position").multiply(lit(POSITIONS_APART)));
    return requests.orderBy(xxhash64(lit(seed), place), place).limit(size);
  }
}
