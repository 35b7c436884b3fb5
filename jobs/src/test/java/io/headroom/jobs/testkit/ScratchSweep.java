package io.headroom.jobs.testkit;

import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A sweep in a folder of a test: its configuration file and its results. */
public final class ScratchSweep {
  private final Path conf;
  private final Path out;

  private ScratchSweep(Path conf, Path out) {
    this.conf = conf;
    this.out = out;
  }

  /**
   * @param body the lines of the object {@code sweep}
   */
  public static ScratchSweep of(Path folder, String body) {
    Path conf = folder.resolve("sweep.conf");
    write(conf, "sweep {\n%s\n}\n".formatted(body.strip()));
    return new ScratchSweep(conf, folder.resolve("out"));
  }

  public Path conf() {
    return conf;
  }

  public Path out() {
    return out;
  }

  /** {@code sweep CONF --out DIR} and the given arguments. */
  public CommandRun run(String... more) {
    return CommandRun.of(arguments(more).toArray(String[]::new));
  }

  /** The same by the launcher, in the words of a process. */
  public List<String> launch(String... more) {
    List<String> command = arguments(more);
    command.add(0, SharedData.projectRoot().resolve("jobs/bin/headroom").toString());
    return command;
  }

  private List<String> arguments(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("sweep", conf.toString(), "--out", out.toString()));
    arguments.addAll(Arrays.asList(more));
    return arguments;
  }

  public Dataset<Row> measurements(SparkSession spark) {
    return spark.read().parquet(out.resolve("measurements").toString());
  }

  public Dataset<Row> summary(SparkSession spark) {
    return spark.read().parquet(out.resolve("summary").toString());
  }

  /** The Parquet files of the measurements: one a wave, as long as they are few. */
  public List<Path> waveFiles() {
    try (Stream<Path> files = Files.list(out.resolve("measurements"))) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".parquet"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String text(String name) {
    try {
      return Files.readString(out.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Another folder then holds the same results. */
  public void copyResultsTo(ScratchSweep other) throws IOException {
    try (Stream<Path> paths = Files.walk(out)) {
      for (Path path : paths.toList()) {
        Files.copy(path, other.out.resolve(out.relativize(path).toString()));
      }
    }
  }

  /** All paths under a folder with the time of their last change. */
  public static List<String> snapshot(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths
          .sorted(Comparator.naturalOrder())
          .map(path -> path + " " + path.toFile().lastModified() + " " + path.toFile().length())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
