package io.headroom.jobs.cli;

import io.headroom.MessageLine;
import io.headroom.UserException;
import org.apache.commons.lang3.exception.ExceptionUtils;
import picocli.CommandLine;

/** Turns what a command throws into a message and an exit status. */
public final class TopLevelErrors {
  private TopLevelErrors() {}

  /** Wrong arguments: one line, where picocli would print the whole usage. */
  public static int onWrongArguments(CommandLine.ParameterException e, String[] arguments) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    e.getCommandLine()
        .getErr()
        .println(
            "%s: %s (see %s --help)".formatted(command, MessageLine.of(e.getMessage()), command));
    return ExitStatus.USER_MISTAKE;
  }

  /** The user's mistakes are one line; everything else is ours and shows where it happened. */
  public static int onException(
      Exception thrown, CommandLine command, CommandLine.ParseResult parsed) {
    UserException mistake = ExceptionUtils.throwableOfType(thrown, UserException.class);
    if (mistake != null) {
      tell(mistake, command);
      return ExitStatus.USER_MISTAKE;
    }
    thrown.printStackTrace(command.getErr());
    return ExitStatus.BUG;
  }

  /** One line of a mistake, where a command goes on with what else it was given. */
  public static void tell(UserException mistake, CommandLine command) {
    command.getErr().println("headroom: " + mistake.getMessage());
  }
}
