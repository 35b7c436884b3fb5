package io.headroom.jobs;

import io.headroom.jobs.cli.BuildInfo;
import io.headroom.jobs.kv.KvCommand;
import io.headroom.jobs.report.ReportCommand;
import io.headroom.jobs.sweep.SweepCommand;
import io.headroom.jobs.verify.VerifyCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code headroom}: the command that holds the others. */
@Command(
    name = "headroom",
    description = "Measures attention on Spark, and counts what its key-value cache costs.",
    mixinStandardHelpOptions = true,
    versionProvider = HeadroomCommand.Version.class,
    subcommands = {SweepCommand.class, KvCommand.class, VerifyCommand.class, ReportCommand.class})
public final class HeadroomCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "a command is missing; allowed: " + String.join(", ", spec.subcommands().keySet()));
  }

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      BuildInfo build = BuildInfo.current();
      return new String[] {"headroom %s, commit %s".formatted(build.version(), build.commit())};
    }
  }
}
