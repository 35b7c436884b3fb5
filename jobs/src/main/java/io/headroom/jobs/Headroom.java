package io.headroom.jobs;

import io.headroom.jobs.cli.ExitStatus;
import io.headroom.jobs.cli.TopLevelErrors;
import io.headroom.jobs.spark.YarnDriver;
import java.util.Locale;
import picocli.CommandLine;

/**
 * The main class. Exit status: 0 done; 1 ran, and some result is bad; 2 the user's mistake;
 * anything else is a bug.
 */
public final class Headroom {
  private Headroom() {}

  public static void main(String[] arguments) {
    // Tables and messages are the same everywhere.
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    int status = ExitStatus.BUG;
    try {
      status = run(arguments);
    } catch (Error e) {
      // Java itself would end with the status of a bad result.
      e.printStackTrace(System.err);
    }
    if (YarnDriver.isHere()) {
      YarnDriver.end(status);
    } else {
      System.exit(status);
    }
  }

  /** Runs a command as {@link #main} does, and returns the exit status instead of ending. */
  public static int run(String... arguments) {
    CommandLine command = HeadroomCommand.with(arguments);
    command.setCaseInsensitiveEnumValuesAllowed(true);
    // An argument such as @/dev/zero is a name like others, and no file of more arguments.
    command.setExpandAtFiles(false);
    command.setParameterExceptionHandler(TopLevelErrors::onWrongArguments);
    command.setExecutionExceptionHandler(TopLevelErrors::onException);
    return command.execute(arguments);
  }
}
