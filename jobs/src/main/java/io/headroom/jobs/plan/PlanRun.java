package io.headroom.jobs.plan;

import io.headroom.UserException;
import io.headroom.jobs.cli.ExitStatus;
import io.headroom.jobs.cli.JsonLine;
import io.headroom.jobs.cli.Units;
import io.headroom.jobs.deployments.SearchResult;
import io.headroom.jobs.plan.folder.PlanFolder;
import io.headroom.jobs.plan.requests.RequestsReader;
import io.headroom.jobs.plan.settings.PlanSettings;
import io.headroom.jobs.results.FolderLock;
import io.headroom.jobs.spark.SparkLease;
import java.util.Map;
import java.util.UUID;

/** One plan from its configuration to its answer. */
final class PlanRun {
  private final PlanPlanner planner;
  private final PlanSettings settings;
  private final boolean json;

  PlanRun(PlanPlanner planner, boolean json) {
    this.planner = planner;
    this.settings = planner.settings();
    this.json = json;
  }

  /** Says what would be searched. */
  int dryRun() {
    try (SparkLease spark = new SparkLease("headroom plan --dry-run")) {
      PlanDryRun dry = new PlanDryRun(planner, read(spark));
      System.out.print(json ? JsonLine.of(dry.json()) : dry.text());
      return ExitStatus.DONE;
    }
  }

  /**
   * @throws UserException if the folder holds something else, or requests cannot be read
   */
  int run(String out, boolean resume) {
    PlanFolder folder = PlanFolder.at(out);
    try (SparkLease spark = new SparkLease("headroom plan " + settings.name())) {
      RequestsReader.Read read = read(spark);
      String fingerprint = planner.fingerprint(read.requests());
      folder.requireFor(fingerprint, resume);
      try (FolderLock lock = folder.lock(UUID.randomUUID().toString())) {
        // Whoever held the folder until now may have begun a plan in it.
        folder.requireFor(fingerprint, resume);
        PlanJob job =
            new PlanJob(
                spark.analysing(), planner, read, fingerprint, lock.runId(), folder, System.err);
        SearchResult result = job.run();
        print(job.answers(), result, folder);
        return result.feasible() > 0 ? ExitStatus.DONE : ExitStatus.BAD_RESULT;
      }
    }
  }

  private void print(PlanAnswers answers, SearchResult result, PlanFolder folder) {
    if (json) {
      Map<String, Object> object = answers.json();
      object.put("candidates", planner.space().size());
      object.put("feasible", result.feasible());
      System.out.print(JsonLine.of(object));
      return;
    }
    System.out.print(answers.text());
    System.out.printf(
        "%s of %s candidates meet TTFT p99 %s ms and TPOT p99 %s ms; the best, the front, simulations and times are in %s%n",
        Units.count(result.feasible()),
        Units.count(planner.space().size()),
        Units.threeDigits(settings.levels().ttftP99Millis()),
        Units.threeDigits(settings.levels().tpotP99Millis()),
        folder);
  }

  private RequestsReader.Read read(SparkLease spark) {
    RequestsReader.Read read =
        RequestsReader.read(
            settings.workload(), settings.seed(), settings::simulatedRequests, spark::analysing);
    read.note().ifPresent(note -> System.err.println("plan: " + note));
    planner.unbuildable().forEach(reason -> System.err.println("plan: left out: " + reason));
    return read;
  }
}
