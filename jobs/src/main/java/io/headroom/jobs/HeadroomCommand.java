package io.headroom.jobs;

import io.headroom.jobs.calibrate.CalibrateCommand;
import io.headroom.jobs.cli.BuildInfo;
import io.headroom.jobs.kv.KvCommand;
import io.headroom.jobs.plan.PlanCommand;
import io.headroom.jobs.report.ReportCommand;
import io.headroom.jobs.sweep.SweepCommand;
import io.headroom.jobs.verify.VerifyCommand;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code headroom}: the command that holds the others. */
@Command(
    name = "headroom",
    description = "Measures attention on Spark, and counts what its key-value cache costs.",
    mixinStandardHelpOptions = true,
    versionProvider = HeadroomCommand.Version.class)
public final class HeadroomCommand implements Runnable {
  private static final Map<String, Supplier<Object>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("sweep", SweepCommand::new);
    COMMANDS.put("kv", KvCommand::new);
    COMMANDS.put("verify", VerifyCommand::new);
    COMMANDS.put("calibrate", CalibrateCommand::new);
    COMMANDS.put("report", ReportCommand::new);
    COMMANDS.put("plan", PlanCommand::new);
  }

  @Spec private CommandSpec spec;

  /**
   * The command with those that the arguments may lead to: with one of them where they begin with
   * its name, for to read what all others would take is a tenth of the time of counting.
   */
  static CommandLine with(String... arguments) {
    CommandLine command = new CommandLine(new HeadroomCommand());
    Supplier<Object> asked = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
    (asked == null ? COMMANDS.values() : List.of(asked))
        .forEach(made -> command.addSubcommand(made.get()));
    return command;
  }

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
