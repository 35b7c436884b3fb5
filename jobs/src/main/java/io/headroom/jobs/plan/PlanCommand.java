package io.headroom.jobs.plan;

import io.headroom.UserException;
import io.headroom.jobs.cli.ExitStatus;
import io.headroom.jobs.plan.check.PlanChecks;
import io.headroom.jobs.settings.ProjectFolders;
import io.headroom.model.config.HubModels;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code headroom plan}: what fits, held against what servers did. */
@Command(
    name = "plan",
    description =
        "Plans a serving cluster: which accelerators, how many, what they cost, how sure that is. Or"
            + " holds predictions against what servers did.",
    mixinStandardHelpOptions = true)
public final class PlanCommand implements Callable<Integer> {

  @Parameters(
      arity = "0..1",
      paramLabel = "CONF",
      description =
          "The plan, a HOCON file such as those in conf/plans, or plan.conf or manifest.json of results.")
  private Path conf;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for the results; new, or with --resume the one to finish.")
  private String out;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "The requests, in the place of the workload of CONF.")
  private String trace;

  @Option(names = "--resume", description = "Do what an interrupted run of the plan left out.")
  private boolean resume;

  @Option(names = "--dry-run", description = "Print what would be searched, and search nothing.")
  private boolean dryRun;

  @Option(
      names = "--check-pool",
      paramLabel = "FILE.csv",
      description =
          "Holds predicted pools against those that engines logged: a table with the columns"
              + " model, gpu, gpu_visible_gib, tp, pp, gpu_memory_utilization, max_model_len,"
              + " kv_dtype, available_kv_gib and kv_tokens.")
  private Path pools;

  @Option(
      names = "--check",
      paramLabel = "FILE.csv",
      description =
          "Holds predicted TTFT and TPOT against those of closed-loop runs: a table with the columns"
              + " gpu, model, framework, tp, isl, osl, concurrency, ttft_ms and tpot_ms, and pp,"
              + " attention_dp, moe_tp, moe_ep, weights, kv_dtype and lengths where they count.")
  private Path runs;

  @Option(
      names = "--costs",
      paramLabel = "HOW",
      defaultValue = "known",
      description =
          "With --check: the costs of the engines: known (the project's), none, fitted (to all runs"
              + " of the table), left-out (fitted to runs with other models than the predicted one).")
  private String costs;

  @Option(
      names = "--rows",
      paramLabel = "FILE.csv",
      description = "With --check: every run beside what was predicted of it, and its band.")
  private Path rows;

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description =
          "A folder of config.json files named ORG--NAME.json, which go before the catalogue.")
  private Path models;

  @Option(
      names = "--overheads",
      paramLabel = "FILE",
      description =
          "A HOCON file that changes what an engine takes besides weights and cache:"
              + " overheads { other-gib = 0.5 }.")
  private Path overheads;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Override a key of CONF, such as plan.seed=7; with --check or --check-pool change what an"
              + " engine takes besides weights and cache, such as other-gib=0.5. Repeatable.")
  private List<String> changes = List.of();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    long asked = Stream.of(conf, pools, runs).filter(Objects::nonNull).count();
    if (asked != 1) {
      throw new UserException(
          "plan: one is needed: CONF, --check FILE.csv, or --check-pool FILE.csv");
    }
    return conf == null ? check() : plan();
  }

  private int plan() {
    PlanRun run = new PlanRun(new PlanPlanner(conf, Optional.ofNullable(trace), changes), json);
    if (dryRun) {
      return run.dryRun();
    }
    if (out == null) {
      throw new UserException("--out DIR is missing: where should the results go?");
    }
    return run.run(out, resume);
  }

  private int check() {
    PlanChecks checks =
        new PlanChecks(
            new HubModels(ProjectFolders.models(), Optional.ofNullable(models)),
            Optional.ofNullable(overheads),
            changes,
            json);
    System.out.print(
        runs == null
            ? checks.pools(pools)
            : checks.serving(runs, costs, Optional.ofNullable(rows)));
    return ExitStatus.DONE;
  }
}
