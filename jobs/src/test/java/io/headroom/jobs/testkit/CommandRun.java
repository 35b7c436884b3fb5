package io.headroom.jobs.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headroom.jobs.Headroom;
import io.headroom.testkit.SharedData;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The command line, run in this JVM from the project's folder.
 *
 * @param out lines of standard output
 * @param err lines of standard error
 */
public record CommandRun(int exitStatus, List<String> out, List<String> err) {
  private static final String HOME_PROPERTY = "headroom.home";

  public static CommandRun of(String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    String home = System.getProperty(HOME_PROPERTY);
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    System.setProperty(HOME_PROPERTY, SharedData.projectRoot().toString());
    System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
    try {
      int exitStatus = Headroom.run(arguments);
      System.out.flush();
      System.err.flush();
      return new CommandRun(exitStatus, lines(outBytes), lines(errBytes));
    } finally {
      System.setOut(out);
      System.setErr(err);
      if (home == null) {
        System.clearProperty(HOME_PROPERTY);
      } else {
        System.setProperty(HOME_PROPERTY, home);
      }
    }
  }

  /** The one line that {@code --json} prints; the run must have gone well. */
  public JsonNode json() {
    assertThat(exitStatus).as("%s", err).isZero();
    assertThat(out).hasSize(1);
    try {
      return new ObjectMapper().readTree(out.get(0));
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + out, e);
    }
  }

  private static List<String> lines(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
