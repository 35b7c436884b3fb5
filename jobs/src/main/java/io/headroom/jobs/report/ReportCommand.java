package io.headroom.jobs.report;

import io.headroom.jobs.cli.ExitStatus;
import io.headroom.jobs.cli.LocalAddress;
import io.headroom.jobs.cli.Units;
import io.headroom.jobs.results.WholeFile;
import io.headroom.jobs.spark.SparkLease;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code headroom report}: the results of sweeps and plans as one page. */
@Command(
    name = "report",
    description =
        "Writes one self-contained HTML page with charts and tables of the results of sweeps and plans; several sweeps stand side by side.",
    mixinStandardHelpOptions = true)
public final class ReportCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "DIR",
      description =
          "Results of a sweep or a plan; several sweeps are compared, the first with each other one.")
  private List<String> folders;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "The page, such as report.html; replaced where it exists.")
  private String out;

  @Override
  public Integer call() {
    WholeFile file = WholeFile.at(LocalAddress.path("--out", out));
    ReportFolders results = ReportFolders.read(folders);
    try (SparkLease spark = new SparkLease("headroom report")) {
      ReportData data = ReportData.read(results, spark.analysing());
      String page = ReportPage.of(data.json());
      file.write(page);
      System.out.printf(
          "%s: %s rows as %s points, %s%n",
          out,
          Units.count(data.rows()),
          Units.count(data.points()),
          Units.bytes(page.getBytes(StandardCharsets.UTF_8).length));
    }
    return ExitStatus.DONE;
  }
}
