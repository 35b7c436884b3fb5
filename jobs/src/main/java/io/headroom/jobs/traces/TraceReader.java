package io.headroom.jobs.traces;

import io.headroom.MessageLine;
import io.headroom.UserException;
import io.headroom.jobs.spark.SparkJobs;
import io.headroom.workload.SkipReason;
import io.headroom.workload.TraceCounts;
import io.headroom.workload.TraceDescription;
import io.headroom.workload.TraceLineParser;
import io.headroom.workload.TraceRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.lib.input.FileInputFormat;
import org.apache.parquet.ParquetRuntimeException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.network.util.JavaUtils;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * Reads request traces with Spark: text, plain or compressed, and Parquet. One pass checks and
 * counts every line; the requests themselves stay with the executors. Lines end in {@code \n},
 * {@code \r\n} or {@code \r}.
 */
public final class TraceReader {
  static final String MOST_BLOCK_BYTES = "spark.sql.files.maxPartitionBytes";
  private static final long LEAST_BLOCK_BYTES = 4L << 20;

  private final SparkSession spark;
  private final boolean withHistory;

  public TraceReader(SparkSession spark) {
    this(spark, false);
  }

  private TraceReader(SparkSession spark, boolean withHistory) {
    this.spark = spark;
    this.withHistory = withHistory;
  }

  /** A reader that reads the history of each request as well, see {@link Trace#HISTORY_SCHEMA}. */
  public TraceReader withHistory() {
    return new TraceReader(spark, true);
  }

  /**
   * Reads a trace whose format its first line tells.
   *
   * @param file a path as Spark takes it; one file, no pattern
   * @throws UserException as {@link #read(String, TraceDescription)}, or if no format begins so
   */
  public Trace read(String file) {
    return read(file, Optional.empty());
  }

  /**
   * Reads a trace of a given format, or whose columns are named.
   *
   * @param file a path as Spark takes it; one file, no pattern
   * @throws UserException if the file is missing, a directory, empty, unreadable, of another kind,
   *     begins unlike the description, has a broken line (the first one is named) or holds no
   *     request
   */
  public Trace read(String file, TraceDescription description) {
    return read(file, Optional.of(description));
  }

  /**
   * Checks what the first line tells, where no Spark runs yet.
   *
   * @param file a path of this machine
   * @param description empty: any format that begins so
   * @throws UserException if the file is missing, no regular one, empty, unreadable, of another
   *     kind or begins unlike the description
   */
  public static void requireBeginning(
      String file, Optional<? extends TraceDescription> description) {
    TraceBeginning.read(file, description, new Configuration());
  }

  private Trace read(String name, Optional<? extends TraceDescription> wanted) {
    TraceBeginning beginning =
        TraceBeginning.read(name, wanted, spark.sparkContext().hadoopConfiguration());
    TraceFile file = beginning.file();
    TraceLineParser parser =
        withHistory
            ? file.head().parserWithHistory(beginning.description()).orElseThrow()
            : beginning.parser();
    boolean hasHeader = file.head().hasHeaderLine();
    JavaRDD<Row> lines = lines(file, parser);
    List<BlockSummary> blocks = summarise(file, lines, parser, hasHeader);
    Map<Long, Long> firstLines = firstLines(file, blocks);
    TraceCounts counts = counts(blocks);
    if (counts.used() == 0) {
      throw new UserException(
          counts.rows() == 0
              ? "%s: no request %s".formatted(file.name(), hasHeader ? "after the header" : "in it")
              : "%s: no request to use among %d rows, %s"
                  .formatted(file.name(), counts.rows(), counts.skippedText()));
    }
    long withoutArrival = blocks.stream().mapToLong(block -> block.withoutArrival).sum();
    boolean timed = withoutArrival == 0;
    long originNanos = blocks.stream().mapToLong(block -> block.earliestNanos).min().orElseThrow();
    JavaRDD<Row> requests =
        lines.mapPartitions(
            new RequestRows(parser, hasHeader, firstLines, timed, originNanos, withHistory));
    return new Trace(
        file.name(),
        beginning.description(),
        timed,
        spark.createDataFrame(requests, withHistory ? Trace.HISTORY_SCHEMA : Trace.SCHEMA),
        counts,
        extent(blocks),
        remarks(beginning, blocks, counts));
  }

  private List<String> remarks(
      TraceBeginning beginning, List<BlockSummary> blocks, TraceCounts counts) {
    List<String> remarks = new ArrayList<>();
    beginning.file().head().remark(beginning.description()).ifPresent(remarks::add);
    long withoutArrival = blocks.stream().mapToLong(block -> block.withoutArrival).sum();
    if (withoutArrival == 0 && !areInOrder(blocks)) {
      remarks.add("requests do not stand in the order of their arrival: they are sorted by it");
    }
    if (withHistory) {
      return remarks;
    }
    if (withoutArrival > 0 && withoutArrival < counts.used()) {
      remarks.add(
          "%d of %d requests do not say when they arrived: all are taken in the order of the file"
              .formatted(withoutArrival, counts.used()));
    }
    long sessions = blocks.stream().mapToLong(block -> block.sessions).sum();
    if (sessions > 0) {
      remarks.add(
          "%d lines are sessions: a request without a time of its own is taken to arrive with its session"
              .formatted(sessions));
    }
    return remarks;
  }

  private static TraceExtent extent(List<BlockSummary> blocks) {
    long earliestNanos =
        blocks.stream().mapToLong(block -> block.earliestNanos).min().orElseThrow();
    long latestNanos = blocks.stream().mapToLong(block -> block.latestNanos).max().orElseThrow();
    return new TraceExtent(
        latestNanos < 0 ? 0 : latestNanos - earliestNanos,
        blocks.stream().mapToInt(block -> block.mostOutputTokens).max().orElseThrow(),
        blocks.stream().mapToLong(block -> block.emptyOutputs).sum(),
        blocks.stream().mapToLong(block -> block.waiting).sum());
  }

  /** Of what has arrivals. */
  private static boolean areInOrder(List<BlockSummary> blocks) {
    long lastNanos = TraceRequest.NO_ARRIVAL;
    for (BlockSummary block : blocks) {
      if (block.firstNanos >= 0) {
        if (!block.inOrder || block.firstNanos < lastNanos) {
          return false;
        }
        lastNanos = block.lastNanos;
      }
    }
    return true;
  }

  /** The text of every line, and where the block that it was read in begins in the file. */
  private JavaRDD<Row> lines(TraceFile file, TraceLineParser parser) {
    if (file.storage().isColumnar()) {
      return ParquetRows.lines(spark, file, parser, spark.conf().get(MOST_BLOCK_BYTES));
    }
    try {
      Job job = Job.getInstance(spark.sparkContext().hadoopConfiguration());
      FileInputFormat.setInputPaths(job, new Path(file.sparkPath()));
      FileInputFormat.setMaxInputSplitSize(job, blockBytes(file));
      BoundedLines.setStorage(job.getConfiguration(), file.storage());
      return JavaSparkContext.fromSparkContext(spark.sparkContext())
          .newAPIHadoopRDD(
              job.getConfiguration(), BoundedLines.class, LongWritable.class, Text.class)
          .map(line -> RowFactory.create(text(line._2()), line._1().get()));
    } catch (IOException e) {
      throw new UserException("%s: cannot be read: %s".formatted(file.name(), e.getMessage()), e);
    }
  }

  /** As the text's own {@code toString}, in less time: broken letters are replaced. */
  private static String text(Text line) {
    return new String(line.getBytes(), 0, line.getLength(), StandardCharsets.UTF_8);
  }

  /** As Spark's own sources: a share for every core, unless that is very little or very much. */
  private long blockBytes(TraceFile file) {
    long most = JavaUtils.byteStringAsBytes(spark.conf().get(MOST_BLOCK_BYTES));
    long share = file.bytes() / spark.sparkContext().defaultParallelism();
    return Math.min(most, Math.max(LEAST_BLOCK_BYTES, share));
  }

  private List<BlockSummary> summarise(
      TraceFile file, JavaRDD<Row> lines, TraceLineParser parser, boolean hasHeader) {
    List<BlockSummary> blocks =
        SparkJobs.described(
            spark,
            "check the lines of " + file.name(),
            () -> collect(file, lines.mapPartitions(new SummariseBlocks(parser, hasHeader))));
    return blocks.stream()
        .sorted(Comparator.comparingLong((BlockSummary block) -> block.start))
        .toList();
  }

  private static List<BlockSummary> collect(TraceFile file, JavaRDD<BlockSummary> summaries) {
    try {
      return summaries.collect();
    } catch (Exception e) {
      Throwable cause = ExceptionUtils.throwableOfType(e, IOException.class);
      if (cause == null) {
        cause = ExceptionUtils.throwableOfType(e, ParquetRuntimeException.class);
      }
      if (cause == null) {
        throw e;
      }
      throw new UserException(
          "%s: cannot be read to its end: %s"
              .formatted(file.name(), MessageLine.first(cause.getMessage())),
          e);
    }
  }

  /** The number of the first line of each block, counted from 1, by the block's start. */
  private static Map<Long, Long> firstLines(TraceFile file, List<BlockSummary> blocks) {
    Map<Long, Long> firstLines = new HashMap<>();
    long line = 1;
    for (BlockSummary block : blocks) {
      if (block.brokenExpected != null) {
        throw new UserException(
            "%s, %s %d: %s: %s"
                .formatted(
                    file.name(),
                    file.storage().rowName(),
                    line + block.brokenIndex,
                    block.brokenExpected,
                    TraceBeginning.shown(block.brokenText)));
      }
      firstLines.put(block.start, line);
      line += block.lines;
    }
    return firstLines;
  }

  private static TraceCounts counts(List<BlockSummary> blocks) {
    Map<SkipReason, Long> skipped = new EnumMap<>(SkipReason.class);
    long used = 0;
    for (BlockSummary block : blocks) {
      used += block.used;
      block.skipped.forEach((reason, lines) -> skipped.merge(reason, lines, Long::sum));
    }
    long rows = used + skipped.values().stream().mapToLong(Long::longValue).sum();
    return new TraceCounts(rows, used, skipped);
  }
}
