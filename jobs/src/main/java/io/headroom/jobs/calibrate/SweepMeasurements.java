package io.headroom.jobs.calibrate;

import static org.apache.spark.sql.functions.col;

import io.headroom.MessageLine;
import io.headroom.UserException;
import io.headroom.host.Environment;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.measurements.QuietTimes;
import io.headroom.jobs.measurements.Status;
import io.headroom.jobs.results.Manifest;
import io.headroom.jobs.results.ResultsFolder;
import io.headroom.jobs.results.ResultsKind;
import io.headroom.jobs.results.WrittenResults;
import io.headroom.jobs.spark.SparkJobs;
import io.headroom.plan.accelerator.DataSheet;
import io.headroom.plan.accelerator.KernelFamily;
import io.headroom.plan.accelerator.MeasuredCall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The rows of a sweep as the tables of an accelerator: the host that measured them, whose data
 * sheet is what the rows say of its peaks and the manifest of its memory.
 */
final class SweepMeasurements {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /** Where nobody says how large the last-level cache is. */
  private static final long ASSUMED_CACHE_BYTES = 32L << 20;

  private SweepMeasurements() {}

  /** Whether a folder holds the results of a sweep, or what is left of them. */
  static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(ResultsFolder.MANIFEST))
        || Files.isDirectory(folder.resolve(MeasurementTable.NAME));
  }

  /**
   * @throws UserException if a host cannot have this name
   */
  static void requireName(String accelerator) {
    if (!NAME.matcher(accelerator).matches()) {
      throw new UserException(
          "--gpu: a host's name has letters, digits, _ and - alone, 64 at most: %s"
              .formatted(MessageLine.of(accelerator)));
    }
    if (DataSheet.named(accelerator).isPresent()) {
      throw new UserException(
          "--gpu: a host that a sweep measured needs a name that none of %s has: %s"
              .formatted(DataSheet.knownNames(), accelerator));
    }
  }

  /**
   * What is left out is told.
   *
   * @throws UserException if the folder does not hold the results of a sweep, or they have no row
   *     to use, or rows of several hosts
   */
  static Measurements read(Path folder, String accelerator, SparkSession spark) {
    WrittenResults results =
        WrittenResults.read(
            folder.toString(),
            ResultsKind.SWEEP,
            MeasurementTable.SCHEMA_VERSION,
            MeasurementTable.NAME);
    List<Row> rows =
        SparkJobs.described(spark, "read " + folder.getFileName(), () -> rows(results, spark));
    List<SweepRow> ok = rows.stream().map(SweepRow::new).toList();
    String host = oneHost(folder, ok);
    SortedMap<KernelFamily, List<MeasuredCall>> tables = new TreeMap<>();
    SortedMap<String, Integer> leftOut = new TreeMap<>();
    List<SweepRow> used = new ArrayList<>();
    for (SweepRow row : ok) {
      Optional<String> reason = row.unusable();
      if (reason.isPresent()) {
        leftOut.merge(reason.get(), 1, Integer::sum);
        continue;
      }
      used.add(row);
      add(tables, KernelFamily.PREFILL, Optional.of(row.prefill()));
      add(tables, KernelFamily.DECODE, row.decode());
    }
    tell(folder, used.size(), leftOut);
    tables.replaceAll((family, calls) -> calls.stream().sorted(MeasuredTables.BY_SHAPE).toList());
    DataSheet sheet = sheet(accelerator, host, results.manifest(), used);
    return new Measurements(sheet, tables, provenance(results.manifest(), host, tables));
  }

  private static List<Row> rows(WrittenResults results, SparkSession spark) {
    try {
      return spark
          .read()
          .schema(MeasurementTable.SCHEMA)
          .parquet(results.table())
          .where(col("status").equalTo(Status.OK.label()))
          .select(SweepRow.columns(QuietTimes.isQuiet()))
          .collectAsList();
    } catch (Exception e) {
      // Spark's own exceptions are checked ones that no signature names.
      throw new UserException(
          "%s: no whole Parquet files: %s"
              .formatted(results.table(), MessageLine.first(e.getMessage())),
          e);
    }
  }

  private static String oneHost(Path folder, List<SweepRow> rows) {
    List<String> hosts = rows.stream().map(SweepRow::host).distinct().sorted().toList();
    if (hosts.size() > 1) {
      throw new UserException(
          "%s: rows of several hosts; allowed: those of one: %s"
              .formatted(folder, String.join(", ", hosts)));
    }
    return hosts.isEmpty() ? "" : hosts.get(0);
  }

  private static void add(
      SortedMap<KernelFamily, List<MeasuredCall>> tables,
      KernelFamily family,
      Optional<MeasuredCall> call) {
    call.ifPresent(one -> tables.computeIfAbsent(family, any -> new ArrayList<>()).add(one));
  }

  private static void tell(Path folder, int used, Map<String, Integer> leftOut) {
    List<String> reasons = new ArrayList<>();
    leftOut.forEach((reason, rows) -> reasons.add("%d %s".formatted(rows, reason)));
    if (used == 0) {
      throw new UserException(
          "%s: no row that can be used; needed: one of status ok, measured on a quiet host: %s"
              .formatted(folder, reasons.isEmpty() ? "no row is ok" : String.join(", ", reasons)));
    }
    if (!reasons.isEmpty()) {
      System.err.printf("%s: rows left out: %s%n", folder, String.join(", ", reasons));
    }
  }

  private static DataSheet sheet(
      String accelerator, String host, Manifest manifest, List<SweepRow> rows) {
    Environment driver = manifest.provenance().driver();
    boolean isDriver = driver != null && rows.stream().allMatch(SweepRow::isOfDriver);
    Long cache = isDriver ? driver.lastLevelCacheBytes() : null;
    Long memory = isDriver ? driver.memoryBytes() : null;
    if (memory == null && driver != null) {
      memory = driver.maxHeapBytes();
    }
    if (memory == null || memory < 1) {
      throw new UserException("manifest.json: driver = missing; allowed: what a run writes there");
    }
    int threads = rows.stream().mapToInt(SweepRow::threads).max().orElseThrow();
    List<SweepRow> most = rows.stream().filter(row -> row.threads() == threads).toList();
    String source =
        "rows of a sweep on %s, %s: stream and peak (float32) of %d thread%s; memory as its %s; last-level cache %s"
            .formatted(
                host,
                driver == null ? "unknown" : driver.processor(),
                threads,
                threads == 1 ? "" : "s",
                isDriver && driver.memoryBytes() != null ? "machine's" : "driver's heap",
                cache == null ? "assumed" : "as its system says");
    if (cache == null) {
      System.err.printf(
          "the last-level cache of %s is not known: assumed to be %d MiB%n",
          host, ASSUMED_CACHE_BYTES >> 20);
    }
    return DataSheet.ofHost(
        accelerator,
        memory,
        1e9 * most.stream().mapToDouble(SweepRow::streamGbps).max().orElseThrow(),
        1e9 * most.stream().mapToDouble(SweepRow::peakGflops).max().orElseThrow(),
        cache == null ? ASSUMED_CACHE_BYTES : cache,
        threads,
        source);
  }

  private static SortedMap<String, String> provenance(
      Manifest manifest, String host, SortedMap<KernelFamily, List<MeasuredCall>> tables) {
    SortedMap<String, String> provenance = new TreeMap<>();
    String source =
        "sweep %s, run %s of %s on %s; commit: %s"
            .formatted(
                manifest.run().name(),
                manifest.run().runId(),
                manifest.run().startedAt(),
                host,
                manifest.provenance().gitCommit());
    tables.keySet().forEach(family -> provenance.put(family.label(), source));
    return provenance;
  }
}
