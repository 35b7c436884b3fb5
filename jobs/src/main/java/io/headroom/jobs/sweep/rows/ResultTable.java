package io.headroom.jobs.sweep.rows;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.percentile;

import io.headroom.jobs.TextTable;
import io.headroom.jobs.Units;
import io.headroom.jobs.sweep.plan.SweepSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What a sweep found, on one screen: a line a configuration with its KV bytes, prefill and decode
 * time, and under it what sharing heads saves. Where the sequences have few lengths each length has
 * its columns; otherwise a line tells the mean over all sequences.
 */
public final class ResultTable {
  private static final int MOST_LENGTHS = 4;
  private static final int MOST_LINES = 100;
  private static final List<String> HEAD_KEYS = List.of("variant", "kv_heads");
  private static final String[] KEYS = {
    "model",
    "variant",
    "kv_heads",
    "kv_precision",
    "kv_cache",
    "window",
    "sinks",
    "engine",
    "threads",
    "contention"
  };

  private final List<Line> lines;
  private final List<Integer> lengths;

  private ResultTable(List<Line> lines, List<Integer> lengths) {
    this.lines = lines;
    this.lengths = lengths;
  }

  /**
   * The table and what follows from it, lines that end with the platform's separator.
   *
   * @param measurements in the columns of {@link MeasurementTable}
   */
  public static String of(Dataset<Row> measurements, SweepSettings settings) {
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
    return new ResultTable(lines(ok, few), few ? lengths : List.of()).render(settings);
  }

  /** One configuration; its figures by prompt length, or under 0 over all lengths. */
  private record Line(Row key, long kvBytesPerToken, Map<Integer, Figures> figuresByLength) {

    String text(String column) {
      return String.valueOf(key.<Object>getAs(column));
    }

    Figures at(int length) {
      return figuresByLength.getOrDefault(length, Figures.NONE);
    }
  }

  /** NaN is what was not measured. */
  private record Figures(double kvBytes, double prefillNanos, double decodeNanos) {
    static final Figures NONE = new Figures(Double.NaN, Double.NaN, Double.NaN);
  }

  private static List<Line> lines(Dataset<Row> ok, boolean few) {
    Dataset<Row> keyed = few ? ok : ok.withColumn("prompt_tokens", lit(0));
    List<Column> groups = new ArrayList<>();
    for (String key : KEYS) {
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
            .limit(MOST_LINES * MOST_LENGTHS)
            .collectAsList();
    Map<List<Object>, Line> lines = new LinkedHashMap<>();
    for (Row row : rows) {
      List<Object> key = new ArrayList<>();
      for (String column : KEYS) {
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

  private String render(SweepSettings settings) {
    if (lines.isEmpty()) {
      return "no configuration could be measured" + System.lineSeparator();
    }
    List<String> optional =
        List.of("kv_cache", "window", "engine", "threads", "contention").stream()
            .filter(this::varies)
            .toList();
    List<Integer> columns = lengths.isEmpty() ? List.of(0) : lengths;
    int longest = columns.get(columns.size() - 1);
    List<String> header = new ArrayList<>(List.of("model", "variant", "KV\nheads", "precision"));
    optional.forEach(column -> header.add(column.replace('_', ' ')));
    header.add("KV\na token");
    header.add(longest == 0 ? "KV\nmean" : "KV at\n" + Units.count(longest));
    for (int length : columns) {
      header.add(length == 0 ? "prefill\nmean" : "prefill\n" + Units.count(length));
    }
    for (int length : columns) {
      header.add(length == 0 ? "decode\nmean" : "decode\nat " + Units.count(length));
    }
    TextTable table = new TextTable(header);
    for (Line line : lines.subList(0, Math.min(MOST_LINES, lines.size()))) {
      List<String> cells =
          new ArrayList<>(
              List.of(
                  line.text("model"),
                  line.text("variant"),
                  line.text("kv_heads"),
                  line.text("kv_precision")));
      optional.forEach(
          column -> cells.add(column.equals("window") ? window(line) : line.text(column)));
      cells.add(Units.bytes(line.kvBytesPerToken()));
      cells.add(Units.bytes(line.at(longest).kvBytes()));
      columns.forEach(length -> cells.add(time(line.at(length).prefillNanos())));
      columns.forEach(length -> cells.add(time(line.at(length).decodeNanos())));
      table.add(cells);
    }
    StringBuilder text = new StringBuilder(System.lineSeparator());
    text.append(table.render());
    if (lines.size() > MOST_LINES) {
      text.append("%d more lines are in the summary%n".formatted(lines.size() - MOST_LINES));
    }
    text.append(
        "%nTimes are of the %d measured layer%s of a model, decode of one token.%n"
            .formatted(settings.layers(), settings.layers() == 1 ? "" : "s"));
    appendAnswers(text, longest, optional);
    appendGains(text, longest);
    return text.append(System.lineSeparator()).toString();
  }

  /** For each model and precision: what the fewest KV heads save against the most. */
  private void appendAnswers(StringBuilder text, int longest, List<String> optional) {
    Map<List<String>, List<Line>> comparable = new LinkedHashMap<>();
    for (Line line : lines) {
      List<String> rest =
          Arrays.stream(KEYS).filter(key -> !HEAD_KEYS.contains(key)).map(line::text).toList();
      comparable.computeIfAbsent(rest, ignored -> new ArrayList<>()).add(line);
    }
    for (List<Line> group : comparable.values()) {
      Line most = group.get(0);
      for (Line line : group.subList(1, group.size())) {
        if (line.kvBytesPerToken() < most.kvBytesPerToken()) {
          text.append(
              "%s %s%s: %s with %s KV head%s keeps %s of the bytes of %s, prefill takes %s and decode %s of its time%s%n"
                  .formatted(
                      line.text("model"),
                      line.text("kv_precision"),
                      conditions(line, optional),
                      line.text("variant"),
                      line.text("kv_heads"),
                      line.text("kv_heads").equals("1") ? "" : "s",
                      percent(line.at(longest).kvBytes(), most.at(longest).kvBytes()),
                      most.text("variant"),
                      percent(line.at(longest).prefillNanos(), most.at(longest).prefillNanos()),
                      percent(line.at(longest).decodeNanos(), most.at(longest).decodeNanos()),
                      longest == 0 ? "" : " at " + Units.count(longest)));
        }
      }
    }
  }

  /** For each configuration that was measured with and without its cache: what the cache gains. */
  private void appendGains(StringBuilder text, int longest) {
    for (Line with : lines) {
      if (!with.text("kv_cache").equals("on")) {
        continue;
      }
      for (Line without : lines) {
        boolean same =
            Arrays.stream(KEYS)
                .filter(key -> !key.equals("kv_cache"))
                .allMatch(key -> with.text(key).equals(without.text(key)));
        double gain = without.at(longest).decodeNanos() / with.at(longest).decodeNanos();
        if (same && without != with && !Double.isNaN(gain)) {
          text.append(
              "%s %s %s: the cache makes decode %s times faster%s%n"
                  .formatted(
                      with.text("model"),
                      with.text("variant"),
                      with.text("kv_precision"),
                      Units.threeDigits(gain),
                      longest == 0 ? "" : " at " + Units.count(longest)));
        }
      }
    }
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

  private boolean varies(String column) {
    String first = lines.get(0).text(column);
    return lines.stream().anyMatch(line -> !Objects.equals(first, line.text(column)));
  }

  private static String window(Line line) {
    String window = line.text("window");
    return window.equals("0") ? "-" : window + "+" + line.text("sinks");
  }

  private static String time(double nanos) {
    return Double.isNaN(nanos) ? "-" : Units.nanos(nanos);
  }

  private static String percent(double part, double whole) {
    return Double.isNaN(part / whole) ? "-" : Units.threeDigits(100 * part / whole) + " %";
  }
}
