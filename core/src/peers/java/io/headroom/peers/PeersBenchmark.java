package io.headroom.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts the JVM that measures. System properties: {@code peers.mode} (quick, full, parts), {@code
 * peers.workloads} (a regular expression), {@code peers.java} (a Java executable), {@code
 * peers.folder} (where results go).
 *
 * <p>OpenBLAS takes its choice of kernels from the environment, before anything else; there it must
 * not be told, or libraries would be measured with kernels that they did not choose.
 */
public final class PeersBenchmark {
  private static final List<String> BLAS_CHOICES =
      List.of("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS");

  private static final String KERNEL_BENCHMARKS = "io\\.headroom\\.attention\\.vector\\..*";

  private PeersBenchmark() {}

  /** Exits as the JVM that measures does. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    boolean parts = System.getProperty("peers.mode").equals("parts");
    ProcessBuilder measuring = new ProcessBuilder(parts ? partsCommand() : peersCommand());
    measuring.environment().keySet().removeAll(BLAS_CHOICES);
    // Threads of one library that spin for its next loop would take the cores from another's.
    // ND4J's and OpenBLAS's own do so to each other: on as many threads as cores they run 20 times
    // slower.
    measuring.environment().put("OMP_WAIT_POLICY", "PASSIVE");
    // A regular expression in it crashes on command lines as long as ours.
    measuring.environment().put("ORT_DISABLE_TELEMETRY", "1");
    System.exit(measuring.inheritIO().start().waitFor());
  }

  private static List<String> peersCommand() {
    List<String> command = java();
    // As in the real job, on whatever number of cores.
    command.add("-XX:+UseG1GC");
    command.add("-XX:MaxRAMPercentage=50");
    // JavaCPP's own limits of native memory follow the heap, which has nothing to do with it.
    command.add("-Dorg.bytedeco.javacpp.maxBytes=0");
    command.add("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");
    // Many short runs of JMH in one process on purpose.
    command.add("-Djmh.ignoreLock=true");
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    command.add(PeerRun.class.getName());
    command.add(System.getProperty("peers.mode"));
    command.add(System.getProperty("peers.workloads", ""));
    command.add(System.getProperty("peers.folder"));
    return command;
  }

  private static List<String> partsCommand() {
    List<String> command = java();
    command.add("org.openjdk.jmh.Main");
    String selected = System.getProperty("peers.workloads", "");
    command.add(selected.isEmpty() ? KERNEL_BENCHMARKS : selected);
    return command;
  }

  private static List<String> java() {
    List<String> command = new ArrayList<>();
    String given = System.getProperty("peers.java", "");
    command.add(
        given.isEmpty()
            ? Path.of(System.getProperty("java.home"), "bin", "java").toString()
            : given);
    command.add("--add-modules=jdk.incubator.vector");
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.add("-classpath");
    command.add(System.getProperty("java.class.path"));
    return command;
  }
}
