package io.headroom.jobs.sweep.rows;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.percentile;

import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.measurements.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The figures of every configuration of a sweep. Where the sequences have few lengths each length
 * has its own; otherwise they are means over all sequences.
 */
final class ResultLines {
  static final int MOST_LENGTHS = 4;
  private static final List<String> HEAD_KEYS = List.of("variant", "kv_heads");
  private static final List<String> OPTIONAL =
      List.of("kv_cache", "window", "engine", "threads", "contention");

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

  /** One configuration; its figures by prompt length, or under 0 over all lengths. */
  record Line(Row key, long kvBytesPerToken, Map<Integer, Figures> figuresByLength) {

    String text(String column) {
      return String.valueOf(key.<Object>getAs(column));
    }

    Figures at(int length) {
      return figuresByLength.getOrDefault(length, Figures.NONE);
    }
  }

  /** NaN is what was not measured. */
  record Figures(double kvBytes, double prefillNanos, double decodeNanos) {
    static final Figures NONE = new Figures(Double.NaN, Double.NaN, Double.NaN);
  }

  private static List<Line> lines(Dataset<Row> ok, boolean few, int mostRows) {
    Dataset<Row> keyed = few ? ok : ok.withColumn("prompt_tokens", lit(0));
    List<Column> groups = new ArrayList<>();
    for (String key : MeasurementTable.CONFIGURATION) {
      groups.add(col(key));
    }
    groups.add(col("prompt_tokens"));
    List<Row> rows =
        keyed
            .groupBy(groups.toArray(Column[]::new))
            .agg(
                max("kv_bytes_per_token").as("kv_bytes_per_token"),
                (few ? max("kv_bytes") : avg("kv_bytes")).cast("double").as("kv_bytes"),
                (few ? percentile(col("prefill_ns"), lit(0.5)) : avg("prefill_ns"))
                    .cast("double")
                    .as("prefill"),
                (few ? percentile(col("decode_ns_p50"), lit(0.5)) : avg("decode_ns_p50"))
                    .cast("double")
                    .as("decode"))
            .coalesce(1)
            .sortWithinPartitions(
                col("model"),
                col("engine"),
                col("threads"),
                col("contention"),
                col("kv_cache").desc(),
                col("window"),
                col("kv_heads").desc(),
                col("kv_bytes_per_token").desc(),
                col("kv_precision"),
                col("prompt_tokens"))
            .limit(mostRows)
            .collectAsList();
    Map<List<Object>, Line> lines = new LinkedHashMap<>();
    for (Row row : rows) {
      List<Object> key = new ArrayList<>();
      for (String column : MeasurementTable.CONFIGURATION) {
        key.add(row.getAs(column));
      }
      Line line =
          lines.computeIfAbsent(
              key,
              ignored ->
                  new Line(row, row.<Long>getAs("kv_bytes_per_token"), new LinkedHashMap<>()));
      line.figuresByLength()
          .put(
              row.<Integer>getAs("prompt_tokens"),
              new Figures(number(row, "kv_bytes"), number(row, "prefill"), number(row, "decode")));
    }
    return List.copyOf(lines.values());
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

  /** The columns beside model, heads and precision in which lines differ. */
  List<String> optional() {
    return OPTIONAL.stream().filter(this::varies).toList();
  }

  /**
   * For each model, precision and the rest: every line that keeps less than the one with the most
   * KV heads, at the longest length.
   */
  List<HeadComparison> comparisons() {
    Map<List<String>, List<Line>> comparable = new LinkedHashMap<>();
    for (Line line : lines) {
      List<String> rest =
          MeasurementTable.CONFIGURATION.stream()
              .filter(key -> !HEAD_KEYS.contains(key))
              .map(line::text)
              .toList();
      comparable.computeIfAbsent(rest, ignored -> new ArrayList<>()).add(line);
    }
    List<String> optional = optional();
    List<HeadComparison> comparisons = new ArrayList<>();
    for (List<Line> group : comparable.values()) {
      Line most = group.get(0);
      for (Line line : group.subList(1, group.size())) {
        if (line.kvBytesPerToken() < most.kvBytesPerToken()) {
          comparisons.add(comparison(line, most, conditions(line, optional)));
        }
      }
    }
    return List.copyOf(comparisons);
  }

  private HeadComparison comparison(Line line, Line most, String conditions) {
    Figures fewer = line.at(longest());
    Figures all = most.at(longest());
    return new HeadComparison(
        line.text("model"),
        line.text("kv_precision"),
        conditions,
        line.text("variant"),
        Integer.parseInt(line.text("kv_heads")),
        most.text("variant"),
        longest(),
        fewer.kvBytes() / all.kvBytes(),
        fewer.prefillNanos() / all.prefillNanos(),
        fewer.decodeNanos() / all.decodeNanos());
  }

  /** What tells the line from those of the same model and precision: {@code , window 8+2}. */
  private static String conditions(Line line, List<String> optional) {
    StringBuilder text = new StringBuilder();
    for (String column : optional) {
      String value = column.equals("window") ? window(line) : line.text(column);
      text.append(", ").append(column.replace('_', ' ')).append(' ');
      text.append(value.equals("-") ? "none" : value);
    }
    return text.toString();
  }

  boolean varies(String column) {
    String first = lines.get(0).text(column);
    return lines.stream().anyMatch(line -> !Objects.equals(first, line.text(column)));
  }

  static String window(Line line) {
    String window = line.text("window");
    return window.equals("0") ? "-" : window + "+" + line.text("sinks");
  }
}
