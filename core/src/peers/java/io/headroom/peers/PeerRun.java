package io.headroom.peers;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import io.headroom.UserException;
import io.headroom.host.Environment;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Compares and measures all engines in this process and writes {@code peers.csv} and {@code
 * peers.json}. Exits with 1 if outputs disagree, with 2 at a mistake in what was asked for.
 */
public final class PeerRun {
  private static final int MOST_THREADS = 2;

  /** The rest is for the system and for scratch memory. */
  private static final double USABLE_MEMORY = 0.8;

  private final MeasuringMode mode;
  private final List<Workload> workloads;
  private final Path folder;
  private final RunLog log = new RunLog();
  private final PeakProbe peaks = new PeakProbe();

  private PeerRun(MeasuringMode mode, List<Workload> workloads, Path folder) {
    this.mode = mode;
    this.workloads = workloads;
    this.folder = folder;
  }

  /**
   * @param arguments mode, regular expression of the workloads, folder of the results
   */
  public static void main(String[] arguments) throws IOException {
    try {
      MeasuringMode mode = MeasuringMode.named(arguments[0]);
      List<Workload> workloads =
          WorkloadCatalogue.matching(WorkloadCatalogue.of(mode), arguments[1]);
      new PeerRun(mode, workloads, Path.of(arguments[2])).run();
    } catch (UserException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    } catch (OutputDisagreement e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
    // Native pools leave threads behind.
    System.exit(0);
  }

  private void run() throws IOException {
    Instant began = Instant.now();
    List<Peer> peers =
        List.of(
            new HeadroomPeer(PeerReport.OWN_ENGINE),
            new HeadroomPeer("nd4j"),
            new LibTorchPeer(),
            new OnnxRuntimePeer());
    List<Integer> threadCounts =
        IntStream.rangeClosed(1, Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()))
            .boxed()
            .toList();
    List<Measurement> measurements = measure(peers, threadCounts);
    PeerReport report =
        new PeerReport(measurements, peaks.best(), System.getProperty("java.version"));
    Map<String, Object> environment = environment(peers, began);

    environment.forEach((key, value) -> System.out.println(key + ": " + value));
    log.notes().forEach(System.out::println);
    System.out.println();
    System.out.print(report.table());

    Files.createDirectories(folder);
    Path csv = folder.resolve("peers.csv");
    Files.writeString(csv, report.csv());
    environment.put("notes", log.notes());
    environment.put("agreement", log.agreements());
    new ObjectMapper()
        .writerWithDefaultPrettyPrinter()
        .writeValue(folder.resolve("peers.json").toFile(), environment);
    System.out.println();
    System.out.println("written: " + csv.toAbsolutePath());
  }

  private List<Measurement> measure(List<Peer> peers, List<Integer> threadCounts) {
    Contest contest = new Contest(peers, mode.timing(), log);
    List<Measurement> measurements = new ArrayList<>();
    BenchmarkData data = null;
    log.progress("warming up");
    CompilerWarmUp.run(peers.get(0), workloads, threadCounts);
    peaks.measure(threadCounts);
    for (int i = 0; i < workloads.size(); i++) {
      Workload workload = workloads.get(i);
      if (i > 0 && i == workloads.size() / 2) {
        peaks.measure(threadCounts);
      }
      if (!fitsIntoMemory(workload)) {
        continue;
      }
      log.progress("%d of %d: %s".formatted(i + 1, workloads.size(), workload.name()));
      if (data == null || !data.serves(workload)) {
        if (data != null) {
          data.close();
        }
        data = null;
        System.gc();
        data = new BenchmarkData(workload);
      }
      measurements.addAll(contest.run(workload, data, threadCounts));
    }
    peaks.measure(threadCounts);
    return measurements;
  }

  private boolean fitsIntoMemory(Workload workload) {
    long usable = (long) (USABLE_MEMORY * machineBytes());
    if (workload.memoryBytes() <= usable) {
      return true;
    }
    log.note(
        "%s is left out: it needs about %d MiB, of this machine's memory %d MiB are used"
            .formatted(workload.name(), workload.memoryBytes() >> 20, usable >> 20));
    return false;
  }

  private static long machineBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  private Map<String, Object> environment(List<Peer> peers, Instant began) {
    Environment host = Environment.current();
    Map<String, Object> environment = new LinkedHashMap<>();
    environment.put("date", began.toString());
    environment.put("mode", mode.label());
    environment.put("seconds", Duration.between(began, Instant.now()).toSeconds());
    environment.put("processor", host.processor());
    environment.put("processors", host.processors());
    environment.put("operating_system", host.operatingSystem());
    environment.put("java", host.javaVersion() + " " + host.javaVendor());
    environment.put("max_heap_bytes", host.maxHeapBytes());
    environment.put("omp_wait_policy", System.getenv("OMP_WAIT_POLICY"));
    environment.put("peaks", peaks.lines());
    peers.forEach(peer -> environment.put(peer.name(), peer.detail()));
    return environment;
  }
}
