package io.headroom.jobs.traces;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import io.headroom.jobs.spark.SparkJobs;
import io.headroom.workload.TraceCounts;
import io.headroom.workload.TraceFormat;
import io.headroom.workload.TraceRequest;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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
 * @param requests rows of {@link #SCHEMA} in the order of the file, which need not be that of
 *     arrival; read again from the file by each action
 * @param counts what became of the file's rows
 */
public record Trace(String file, TraceFormat format, Dataset<Row> requests, TraceCounts counts) {

  /** Line in the file, from 1, and what {@link TraceRequest} holds, since the earliest request. */
  public static final StructType SCHEMA =
      new StructType(
          new StructField[] {
            new StructField("line", DataTypes.LongType, false, Metadata.empty()),
            new StructField("arrival_nanos", DataTypes.LongType, false, Metadata.empty()),
            new StructField("prompt_tokens", DataTypes.IntegerType, false, Metadata.empty()),
            new StructField("output_tokens", DataTypes.IntegerType, false, Metadata.empty())
          });

  /** One line that says what was skipped and why; empty if every row is used. */
  public Optional<String> note() {
    if (counts.skipped().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        "%s: %d of %d rows are skipped, %s"
            .formatted(file, counts.rows() - counts.used(), counts.rows(), counts.skippedText()));
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
                Comparator.<Row>comparingLong(row -> row.getLong(1))
                    .thenComparing(row -> row.getLong(0)))
            .map(row -> new TraceRequest(row.getLong(1), row.getInt(2), row.getInt(3)))
            .toList();
    return new TraceSample(file, size, byArrival);
  }

  private Dataset<Row> smallestHashes(int size, long seed) {
    return requests.orderBy(xxhash64(lit(seed), col("line")), col("line")).limit(size);
  }
}
