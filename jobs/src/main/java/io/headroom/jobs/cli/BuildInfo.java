package io.headroom.jobs.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Which Headroom this is.
 *
 * @param commit the commit that was built, or {@code unknown} outside a repository
 */
public record BuildInfo(String version, String commit) {

  public static BuildInfo current() {
    Properties properties = new Properties();
    try (InputStream in =
        BuildInfo.class.getResourceAsStream("/io/headroom/jobs/build.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String commit = properties.getProperty("git.commit.id.full", "unknown");
    boolean changed = Boolean.parseBoolean(properties.getProperty("git.dirty", "false"));
    return new BuildInfo(
        properties.getProperty("git.build.version", "unknown"),
        changed ? commit + " with changes" : commit);
  }
}
