package io.headroom.jobs.sweep.rows;

import io.headroom.jobs.cli.TextTable;
import io.headroom.jobs.cli.Units;
import io.headroom.jobs.measurements.Axis;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.sweep.rows.ResultLines.Line;
import io.headroom.jobs.sweep.settings.SweepSettings;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What a sweep found, on one screen: a line a configuration with its KV bytes, prefill and decode
 * time, and under it what sharing heads saves. Where the sequences have few lengths each length has
 * its columns; otherwise a line tells the mean over all sequences.
 */
public final class ResultTable {
  private static final int MOST_LINES = 100;

  private final ResultLines results;
  private final List<Line> lines;

  private ResultTable(ResultLines results) {
    this.results = results;
    this.lines = results.lines();
  }

  /**
   * The table and what follows from it, lines that end with the platform's separator.
   *
   * @param measurements in the columns of {@link MeasurementTable}
   */
  public static String of(Dataset<Row> measurements, SweepSettings settings) {
    return new ResultTable(ResultLines.of(measurements, MOST_LINES)).render(settings);
  }

  private String render(SweepSettings settings) {
    if (lines.isEmpty()) {
      return "no configuration could be measured" + System.lineSeparator();
    }
    List<Axis> varying = results.varying();
    List<Integer> columns = results.lengths();
    int longest = results.longest();
    List<String> header = new ArrayList<>(List.of("model", "variant", "KV\nheads", "precision"));
    varying.forEach(axis -> header.add(axis.words()));
    header.add("KV\na token");
    header.add(longest == 0 ? "KV\nmean" : "KV at\n" + Units.count(longest));
    boolean hasStates = lines.stream().anyMatch(line -> line.stateBytes() > 0);
    if (hasStates) {
      header.add("state");
    }
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
                  line.text(Axis.MODEL) + (line.assumed() ? " (assumed)" : ""),
                  line.text(Axis.VARIANT),
                  line.text(Axis.KV_HEADS),
                  line.text(Axis.KV_PRECISION)));
      varying.forEach(axis -> cells.add(orDash(line.text(axis))));
      cells.add(Units.bytes(line.kvBytesPerToken()));
      cells.add(Units.bytes(line.at(longest).kvBytes()));
      if (hasStates) {
        cells.add(Units.bytes(line.stateBytes()));
      }
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
    results
        .comparisons()
        .forEach(comparison -> text.append(comparison.sentence()).append(System.lineSeparator()));
    lines.stream()
        .filter(Line::hasGain)
        .forEach(line -> text.append(gain(line)).append(System.lineSeparator()));
    long noisyRows = lines.stream().mapToLong(Line::noisyRows).sum();
    boolean compares = !results.comparisons().isEmpty() || lines.stream().anyMatch(Line::hasGain);
    if (noisyRows > 0 && compares) {
      text.append(
          "Times of %s noisy row%s are left out of the comparisons.%n"
              .formatted(Units.count(noisyRows), noisyRows == 1 ? "" : "s"));
    }
    return text.append(System.lineSeparator()).toString();
  }

  /** What the cache gains over all output tokens of the sweep. */
  private String gain(Line line) {
    return "%s %s %s%s: the cache makes decode %s times faster"
        .formatted(
            line.text(Axis.MODEL),
            line.text(Axis.VARIANT),
            line.text(Axis.KV_PRECISION),
            results.conditions(line, Axis.KV_CACHE),
            Units.threeDigits(line.cacheGain()));
  }

  private static String orDash(String text) {
    return text.equals(Axis.NONE) ? "-" : text;
  }

  private static String time(double nanos) {
    return Double.isNaN(nanos) ? "-" : Units.nanos(nanos);
  }
}
