package io.headroom.jobs.sweep.rows;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.percentile;
import static org.apache.spark.sql.functions.when;

import io.headroom.jobs.measurements.Axis;
import io.headroom.jobs.measurements.CacheGain;
import io.headroom.jobs.measurements.HeadComparisons;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.measurements.QuietTimes;
import io.headroom.jobs.measurements.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * The figures of every configuration of a sweep. Where the sequences have few lengths each length
 * has its own; otherwise they are means over all sequences.
 */
final class ResultLines {
  static final int MOST_LENGTHS = 4;

  private final List<Line> lines;
  private final List<Integer> lengths;

  private ResultLines(List<Line> lines, List<Integer> lengths) {
    this.lines = lines;
    this.lengths = lengths;
  }

  /**
   * @param measurements in the columns of {@link MeasurementTable}
   * @param mostLines of configurations with {@value #MOST_LENGTHS} lengths; the others are left out
   */
  static ResultLines of(Dataset<Row> measurements, int mostLines) {
    Dataset<Row> ok = measurements.where(col("status").equalTo(Status.OK.label()));
    List<Integer> lengths =
        ok
            .select("prompt_tokens")
            .distinct()
            .orderBy("prompt_tokens")
            .limit(MOST_LENGTHS + 1)
            .collectAsList()
            .stream()
            .map(row -> row.getInt(0))
            .toList();
    boolean few = lengths.size() <= MOST_LENGTHS;
    return new ResultLines(lines(ok, few, mostLines * MOST_LENGTHS), few ? lengths : List.of());
  }

  /**
   * One configuration.
   *
   * @param assumed whether the configuration of its model was not read to the end
   * @param stateBytes what does not grow with a sequence; 0 where an earlier version wrote the rows
   * @param figuresByLength by prompt length, or under 0 over all lengths
   * @param noisyRows of all lengths; their times are in no gain and no comparison
   * @param cacheGain as {@link CacheGain} has it; NaN where it is not known
   * @param comparison with the most KV heads; null for those themselves
   */
  record Line(
      Row key,
      boolean assumed,
      long kvBytesPerToken,
      long stateBytes,
      Map<Integer, Figures> figuresByLength,
      long noisyRows,
      double cacheGain,
      Comparison comparison) {

    String text(Axis axis) {
      return axis.text(column -> key.<Object>getAs(column));
    }

    boolean hasGain() {
      return !Double.isNaN(cacheGain);
    }

    Figures at(int length) {
      return figuresByLength.getOrDefault(length, Figures.NONE);
    }
  }

  /** NaN is what was not measured. */
  record Figures(double kvBytes, double prefillNanos, double decodeNanos) {
    static final Figures NONE = new Figures(Double.NaN, Double.NaN, Double.NaN);
  }

  /** As {@link HeadComparisons} has it; NaN is what was not measured. */
  record Comparison(
      String mostVariant, int promptTokens, double bytes, double prefill, double decode) {}

  private static List<Line> lines(Dataset<Row> ok, boolean few, int mostRows) {
    Map<List<Object>, List<Row>> rowsByKey =
        figures(ok, few).limit(mostRows).collectAsList().stream()
            .collect(
                Collectors.groupingBy(
                    row -> Axis.allColumns().stream().map(row::<Object>getAs).toList(),
                    LinkedHashMap::new,
                    Collectors.toList()));
    return rowsByKey.values().stream().map(ResultLines::line).toList();
  }

  /** A row for each configuration and length, in the order of the table. */
  private static Dataset<Row> figures(Dataset<Row> ok, boolean few) {
    Dataset<Row> keyed = few ? ok : ok.withColumn("prompt_tokens", lit(0));
    Column[] groups =
        Stream.concat(Axis.allColumns().stream(), Stream.of("prompt_tokens"))
            .map(functions::col)
            .toArray(Column[]::new);
    Dataset<Row> figures =
        keyed
            .groupBy(groups)
            .agg(
                max("cell_id").as("cell_id"),
                max("kv_bytes_per_token").as("kv_bytes_per_token"),
                (few ? max("kv_bytes") : avg("kv_bytes")).cast("double").as("kv_bytes"),
                middle(col("prefill_ns"), few).as("prefill_ns"),
                middle(col("decode_ns_p50"), few).as("decode_ns"),
                middle(QuietTimes.prefillNanos(), few).as(QuietTimes.PREFILL),
                middle(QuietTimes.decodeNanos(), few).as(QuietTimes.DECODE),
                count(when(col("noisy"), 1)).as("noisy_rows"),
                max("state_bytes").as("state_bytes"),
                max("assumed").as("assumed"));
    Column[] order =
        Stream.concat(
                Axis.nested(col("kv_bytes_per_token").desc()), Stream.of(col("prompt_tokens")))
            .toArray(Column[]::new);
    return HeadComparisons.with(figures)
        .join(CacheGain.of(ok).select("cell_id", CacheGain.COLUMN), "cell_id", "left")
        .coalesce(1)
        .sortWithinPartitions(order);
  }

  private static Column middle(Column figure, boolean few) {
    return (few ? percentile(figure, lit(0.5)) : avg(figure)).cast("double");
  }

  /**
   * @param rows of one configuration, one a length
   */
  private static Line line(List<Row> rows) {
    Map<Integer, Figures> figures = new LinkedHashMap<>();
    Comparison comparison = null;
    long noisyRows = 0;
    for (Row row : rows) {
      int tokens = row.<Integer>getAs("prompt_tokens");
      figures.put(
          tokens,
          new Figures(
              number(row, "kv_bytes"), number(row, "prefill_ns"), number(row, "decode_ns")));
      noisyRows += row.<Long>getAs("noisy_rows");
      String mostVariant = row.getAs(HeadComparisons.VARIANT);
      if (mostVariant != null) {
        comparison =
            new Comparison(
                mostVariant,
                tokens,
                number(row, HeadComparisons.KV_BYTES_SHARE),
                number(row, HeadComparisons.PREFILL_SHARE),
                number(row, HeadComparisons.DECODE_SHARE));
      }
    }
    Row first = rows.get(0);
    Long stateBytes = first.getAs("state_bytes");
    return new Line(
        first,
        Boolean.TRUE.equals(first.getAs("assumed")),
        first.<Long>getAs("kv_bytes_per_token"),
        stateBytes == null ? 0 : stateBytes,
        figures,
        noisyRows,
        number(first, CacheGain.COLUMN),
        comparison);
  }

  private static double number(Row row, String column) {
    Double value = row.getAs(column);
    return value == null ? Double.NaN : value;
  }

  List<Line> lines() {
    return lines;
  }

  /** The lengths that have figures of their own; 0 alone where there are too many. */
  List<Integer> lengths() {
    return lengths.isEmpty() ? List.of(0) : lengths;
  }

  int longest() {
    return lengths().get(lengths().size() - 1);
  }

  /** The conditions in which lines differ. */
  List<Axis> varying() {
    return Axis.conditions().stream().filter(this::varies).toList();
  }

  private boolean varies(Axis axis) {
    String first = lines.get(0).text(axis);
    return lines.stream().anyMatch(line -> !Objects.equals(first, line.text(axis)));
  }

  /** Those of the same model, precision and conditions together. */
  List<HeadComparison> comparisons() {
    Map<List<String>, List<HeadComparison>> comparable = new LinkedHashMap<>();
    for (Line line : lines) {
      List<String> rest =
          Stream.of(Axis.values())
              .filter(axis -> axis.kind() != Axis.Kind.HEADS)
              .map(line::text)
              .toList();
      List<HeadComparison> group = comparable.computeIfAbsent(rest, any -> new ArrayList<>());
      if (line.comparison() != null) {
        group.add(comparison(line, line.comparison()));
      }
    }
    return comparable.values().stream().flatMap(List::stream).toList();
  }

  private HeadComparison comparison(Line line, Comparison compared) {
    return new HeadComparison(
        line.text(Axis.MODEL),
        line.text(Axis.KV_PRECISION),
        conditions(line),
        line.text(Axis.VARIANT),
        Integer.parseInt(line.text(Axis.KV_HEADS)),
        compared.mostVariant(),
        compared.promptTokens(),
        compared.bytes(),
        compared.prefill(),
        compared.decode());
  }

  /**
   * What tells the line from those of the same model, heads and precision: {@code , window 8+2}.
   *
   * @param left out of it
   */
  String conditions(Line line, Axis... left) {
    return varying().stream()
        .filter(axis -> !List.of(left).contains(axis))
        .map(axis -> ", %s %s".formatted(axis.words(), line.text(axis)))
        .collect(Collectors.joining());
  }
}
