package io.headroom.jobs.cli;

import java.io.Console;
import java.util.Map;
import java.util.Optional;

/** Whether somebody watches what a command says while it runs. */
public final class Terminal {
  /** What the launcher says of standard error. */
  static final String VARIABLE = "HEADROOM_TERMINAL";

  private Terminal() {}

  /**
   * The launcher knows whether standard error is a terminal; Java only knows of all streams.
   *
   * @param environment of this process
   */
  public static boolean isThere(Map<String, String> environment) {
    return Optional.ofNullable(environment.get(VARIABLE))
        .map(told -> told.equals("yes"))
        .orElseGet(Terminal::isKnownToJava);
  }

  private static boolean isKnownToJava() {
    return Optional.ofNullable(System.console()).map(Terminal::isInteractive).orElse(false);
  }

  /** Since Java 22 there may be a console without a terminal, which then says so. */
  private static boolean isInteractive(Console console) {
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot ask for a terminal", e);
    }
  }
}
