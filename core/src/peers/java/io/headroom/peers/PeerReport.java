package io.headroom.peers;

import io.headroom.host.HostProbe;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The results as CSV and as a table for people.
 *
 * @param peaks of the host by number of threads; has every number that was measured
 */
record PeerReport(
    List<Measurement> measurements, Map<Integer, HostProbe.Peaks> peaks, String javaVersion) {
  static final String OWN_ENGINE = "vector";

  static final String CSV_HEADER =
      "workload,phase,query_heads,kv_heads,head_dim,tokens,kv_precision,threads,engine,"
          + "median_ns,p10_ns,p90_ns,gflops,gbps,ratio,peak_gflops,stream_gbps,jdk";

  String csv() {
    return measurements.stream()
        .map(this::csvRow)
        .collect(Collectors.joining("\n", CSV_HEADER + "\n", "\n"));
  }

  private String csvRow(Measurement row) {
    Workload workload = row.workload();
    HostProbe.Peaks peak = peaks.get(row.threads());
    return String.join(
        ",",
        workload.name(),
        workload.phase().label(),
        Integer.toString(workload.shape().queryHeads()),
        Integer.toString(workload.shape().kvHeads()),
        Integer.toString(workload.shape().headDim()),
        Integer.toString(workload.tokens()),
        workload.precision().label(),
        Integer.toString(row.threads()),
        row.engine(),
        Long.toString(row.samples().medianNanos()),
        Long.toString(row.samples().percentileNanos(10)),
        Long.toString(row.samples().percentileNanos(90)),
        decimal("%.2f", row.gflops()),
        decimal("%.3f", row.gigabytesPerSecond()),
        decimal("%.3f", ratio(row)),
        decimal("%.1f", peak.gflops()),
        decimal("%.1f", peak.streamGigabytesPerSecond()),
        javaVersion);
  }

  /** How many times as long as this project's engine takes for the same. */
  double ratio(Measurement row) {
    Measurement own =
        measurements.stream()
            .filter(other -> other.engine().equals(OWN_ENGINE) && other.isComparableWith(row))
            .findFirst()
            .orElseThrow();
    return (double) row.samples().medianNanos() / own.samples().medianNanos();
  }

  String table() {
    StringBuilder table = new StringBuilder(tableHeader());
    Measurement before = null;
    for (Measurement row : measurements) {
      if (before != null && !before.isComparableWith(row)) {
        table.append('\n');
      }
      table.append(tableRow(row));
      before = row;
    }
    return table.toString();
  }

  private static String tableHeader() {
    return String.format(
        Locale.ROOT,
        "%-31s %7s %-11s %7s %11s %11s %11s %9s %7s %6s %6s %7s%n",
        "workload",
        "threads",
        "engine",
        "samples",
        "median us",
        "p10 us",
        "p90 us",
        "GFLOP/s",
        "GB/s",
        "% FMA",
        "% mem",
        "ratio");
  }

  private String tableRow(Measurement row) {
    HostProbe.Peaks peak = peaks.get(row.threads());
    LatencySamples samples = row.samples();
    return String.format(
        Locale.ROOT,
        "%-31s %7d %-11s %7d %11.1f %11.1f %11.1f %9.1f %7.2f %6.1f %6.1f %7.2f%n",
        row.workload().name(),
        row.threads(),
        row.engine(),
        samples.count(),
        samples.medianNanos() / 1e3,
        samples.percentileNanos(10) / 1e3,
        samples.percentileNanos(90) / 1e3,
        row.gflops(),
        row.gigabytesPerSecond(),
        100 * row.gflops() / peak.gflops(),
        100 * row.gigabytesPerSecond() / peak.streamGigabytesPerSecond(),
        ratio(row));
  }

  private static String decimal(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
