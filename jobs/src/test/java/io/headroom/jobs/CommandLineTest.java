package io.headroom.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.UserException;
import io.headroom.jobs.cli.ExitStatus;
import io.headroom.jobs.cli.TopLevelErrors;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.WithoutSpark;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@ExtendWith(WithoutSpark.class)
class CommandLineTest {

  @Test
  void aMissingCommandIsOneLine() {
    assertMistake(
        CommandRun.of(),
        "headroom: a command is missing; allowed: sweep, kv, verify, calibrate, report, plan (see headroom --help)");
  }

  @Test
  void anUnknownCommandIsOneLine() {
    assertMistake(
        CommandRun.of("colour"),
        "headroom: Unmatched argument at index 0: 'colour' (see headroom --help)");
  }

  @Test
  void anUnknownOptionIsOneLine() {
    assertMistake(
        CommandRun.of("sweep", "a.conf", "--colour"),
        "headroom sweep: Unknown option: '--colour' (see headroom sweep --help)");
    assertMistake(
        CommandRun.of("sweep", "a.conf", "--set"),
        "headroom sweep: Missing required parameter for option '--set' (KEY=VALUE) (see headroom sweep --help)");
    assertMistake(
        CommandRun.of("sweep"),
        "headroom sweep: Missing required parameter: 'CONF' (see headroom sweep --help)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sweep", "kv", "verify"})
  void everyCommandHasHelp(String command) {
    CommandRun run = CommandRun.of(command, "--help");

    assertThat(run.exitStatus()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out().get(0)).startsWith("Usage: headroom " + command);
  }

  @Test
  void helpNamesTheCommandsAndVersionTheBuild() {
    CommandRun help = CommandRun.of("--help");
    CommandRun version = CommandRun.of("--version");

    assertThat(help.exitStatus()).isZero();
    assertThat(String.join("\n", help.out())).contains("sweep", "kv", "verify");
    assertThat(version.exitStatus()).isZero();
    assertThat(version.out()).singleElement().asString().startsWith("headroom ");
  }

  /** Spark wraps what a task throws. */
  @Test
  void aMistakeIsFoundUnderWhatWrapsIt() {
    Told told =
        tell(new IllegalStateException("job", new RuntimeException(new UserException("a\n b"))));

    assertThat(told.exitStatus()).isEqualTo(ExitStatus.USER_MISTAKE);
    assertThat(told.text().lines()).containsExactly("headroom: a b");
  }

  @Test
  void everythingElseIsABugAndShowsWhereItHappened() {
    Told told = tell(new IllegalStateException("broken"));

    assertThat(told.exitStatus()).isEqualTo(ExitStatus.BUG);
    assertThat(told.text())
        .startsWith("java.lang.IllegalStateException: broken")
        .contains("at " + CommandLineTest.class.getName());
  }

  private record Told(int exitStatus, String text) {}

  private static Told tell(Exception thrown) {
    StringWriter text = new StringWriter();
    CommandLine command =
        new CommandLine(new HeadroomCommand()).setErr(new PrintWriter(text, true));
    return new Told(TopLevelErrors.onException(thrown, command, null), text.toString());
  }

  private static void assertMistake(CommandRun run, String line) {
    assertThat(run.exitStatus()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).isEqualTo(List.of(line));
  }
}
