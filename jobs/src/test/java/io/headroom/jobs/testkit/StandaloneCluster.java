package io.headroom.jobs.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A standalone master and its workers, in processes of their own on the loopback address and free
 * ports. None outlives {@link #close}.
 */
public final class StandaloneCluster implements AutoCloseable {
  private static final Pattern URL = Pattern.compile("Starting Spark master at (spark://\\S+)");
  private static final String LOOPBACK = "127.0.0.1";
  private static final long LONGEST_START_SECONDS = 60;

  private final Map<String, String> environment;
  private final List<Process> processes = new ArrayList<>();
  private String url;

  private StandaloneCluster(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * @param sparkHome the Spark that runs them
   * @param environment variables beside those that it inherits
   * @param master the shell's command that starts a master on {@code HOST}
   * @param worker the shell's command that starts a worker of the master {@code spark://HOST:7077}
   * @param work where executors put what they write
   * @param workers how many
   * @param cores of a worker
   */
  public static StandaloneCluster start(
      Path sparkHome,
      Map<String, String> environment,
      String master,
      String worker,
      Path work,
      int workers,
      int cores)
      throws Exception {
    Map<String, String> variables = new HashMap<>(environment);
    variables.put("SPARK_HOME", sparkHome.toString());
    variables.put("SPARK_LOCAL_IP", LOOPBACK);
    variables.put("SPARK_DAEMON_MEMORY", "256m");
    variables.put("SPARK_MASTER_OPTS", "-Dspark.master.rest.enabled=false");
    StandaloneCluster cluster = new StandaloneCluster(variables);
    try {
      cluster.url = cluster.startMaster(master.replace("HOST", LOOPBACK));
      for (int i = 0; i < workers; i++) {
        cluster.startDaemon(
            "%s --host %s --cores %d --memory 2g --work-dir '%s'"
                .formatted(cluster.at(worker), LOOPBACK, cores, work.resolve("worker-" + i)),
            ProcessBuilder.Redirect.to(work.resolve("worker-%d.log".formatted(i)).toFile()));
      }
      return cluster;
    } catch (Exception | Error e) {
      cluster.close();
      throw e;
    }
  }

  /** The command with this cluster's master in place of {@code spark://HOST:7077}. */
  public String at(String command) {
    return command.replace("spark://HOST:7077", url);
  }

  private String startMaster(String command) throws Exception {
    Process master = startDaemon(command, ProcessBuilder.Redirect.PIPE);
    CompletableFuture<String> found = new CompletableFuture<>();
    Thread reader = new Thread(() -> read(master, found), "log of the standalone master");
    reader.setDaemon(true);
    reader.start();
    return found.get(LONGEST_START_SECONDS, TimeUnit.SECONDS);
  }

  /** To the end, so that the master never waits for a reader. */
  private static void read(Process master, CompletableFuture<String> url) {
    List<String> lines = new ArrayList<>();
    try (BufferedReader log = master.inputReader(StandardCharsets.UTF_8)) {
      for (String line = log.readLine(); line != null; line = log.readLine()) {
        lines.add(line);
        Matcher matcher = URL.matcher(line);
        if (matcher.find()) {
          url.complete(matcher.group(1));
        }
      }
      url.completeExceptionally(new IllegalStateException("the master ended: " + lines));
    } catch (IOException e) {
      url.completeExceptionally(e);
    }
  }

  private Process startDaemon(String command, ProcessBuilder.Redirect log) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", "exec " + command + " --port 0 --webui-port 0")
            .redirectErrorStream(true)
            .redirectOutput(log);
    builder.environment().putAll(environment);
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  /** Workers first, so that no executor is started again; with all that they started. */
  @Override
  public void close() {
    for (int i = processes.size() - 1; i >= 0; i--) {
      Process process = processes.get(i);
      List<ProcessHandle> executors = process.descendants().toList();
      process.destroyForcibly();
      executors.forEach(ProcessHandle::destroyForcibly);
      process.onExit().join();
    }
  }
}
