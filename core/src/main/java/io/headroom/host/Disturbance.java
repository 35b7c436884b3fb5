package io.headroom.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What others took away from a stretch of work, as Linux tells it (proc(5)); empty on other
 * platforms.
 *
 * @param stealMillis processor time, of all the machine's processors together, in which its
 *     hypervisor ran somebody else
 * @param involuntarySwitches how often the scheduler took the processor away: from the calling
 *     thread for single-threaded work, from any thread of the process otherwise
 */
public record Disturbance(OptionalLong stealMillis, OptionalLong involuntarySwitches) {

  public static final Disturbance NONE = new Disturbance(OptionalLong.of(0), OptionalLong.of(0));

  private static final Path PROC = Path.of("/proc");
  private static final String SWITCHES = "nonvoluntary_ctxt_switches:";

  /** In {@code cpu user nice system idle iowait irq softirq steal}. */
  private static final int STEAL_FIELD = 8;

  /** USER_HZ is 100 on every architecture that runs a JVM. */
  private static final long MILLIS_PER_TICK = 10;

  /** The counters at one moment. */
  public static final class Snapshot {
    private final OptionalLong stealMillis;
    private final Map<Path, Long> switchesByThread;

    private Snapshot(OptionalLong stealMillis, Map<Path, Long> switchesByThread) {
      this.stealMillis = stealMillis;
      this.switchesByThread = switchesByThread;
    }

    /** What happened between this moment and a later one; threads that ended do not count. */
    public Disturbance until(Snapshot later) {
      OptionalLong steal =
          stealMillis.isPresent() && later.stealMillis.isPresent()
              ? OptionalLong.of(later.stealMillis.getAsLong() - stealMillis.getAsLong())
              : OptionalLong.empty();
      if (switchesByThread.isEmpty() || later.switchesByThread.isEmpty()) {
        return new Disturbance(steal, OptionalLong.empty());
      }
      long switches = 0;
      for (Map.Entry<Path, Long> thread : later.switchesByThread.entrySet()) {
        switches += thread.getValue() - switchesByThread.getOrDefault(thread.getKey(), 0L);
      }
      return new Disturbance(steal, OptionalLong.of(switches));
    }
  }

  /**
   * The counters now. Reading them takes a tenth of a millisecond, with several threads a few
   * milliseconds.
   *
   * @param threads that the work has, at least 1
   */
  public static Snapshot snapshot(int threads) {
    return snapshot(PROC, threads);
  }

  static Snapshot snapshot(Path proc, int threads) {
    return new Snapshot(
        stealMillis(proc),
        threads == 1 ? ofThread(proc.resolve("thread-self")) : ofAllThreads(proc));
  }

  /** The disturbance of both stretches; what is unknown of one is unknown of both. */
  public Disturbance plus(Disturbance other) {
    return new Disturbance(
        sum(stealMillis, other.stealMillis), sum(involuntarySwitches, other.involuntarySwitches));
  }

  /**
   * The disturbance of two that worked at the same time: what was stolen from the machine was
   * stolen once.
   */
  public Disturbance beside(Disturbance other) {
    OptionalLong steal =
        stealMillis.isPresent() && other.stealMillis.isPresent()
            ? OptionalLong.of(Math.max(stealMillis.getAsLong(), other.stealMillis.getAsLong()))
            : OptionalLong.empty();
    return new Disturbance(steal, sum(involuntarySwitches, other.involuntarySwitches));
  }

  private static OptionalLong sum(OptionalLong a, OptionalLong b) {
    return a.isPresent() && b.isPresent()
        ? OptionalLong.of(a.getAsLong() + b.getAsLong())
        : OptionalLong.empty();
  }

  private static OptionalLong stealMillis(Path proc) {
    for (String line : lines(proc.resolve("stat"))) {
      String[] fields = line.split(" +", -1);
      if (fields[0].equals("cpu") && fields.length > STEAL_FIELD) {
        return OptionalLong.of(Long.parseLong(fields[STEAL_FIELD]) * MILLIS_PER_TICK);
      }
    }
    return OptionalLong.empty();
  }

  private static Map<Path, Long> ofAllThreads(Path proc) {
    Path tasks = proc.resolve("self").resolve("task");
    if (!Files.isDirectory(tasks)) {
      return Map.of();
    }
    Map<Path, Long> switches = new HashMap<>();
    try (Stream<Path> threads = Files.list(tasks)) {
      threads.forEach(thread -> switches.putAll(ofThread(thread)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return switches;
  }

  private static Map<Path, Long> ofThread(Path thread) {
    for (String line : lines(thread.resolve("status"))) {
      if (line.startsWith(SWITCHES)) {
        return Map.of(thread, Long.parseLong(line.substring(SWITCHES.length()).strip()));
      }
    }
    return Map.of();
  }

  /** None where there is no such file, because of the platform or because its thread has ended. */
  private static List<String> lines(Path file) {
    if (!Files.isReadable(file)) {
      return List.of();
    }
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
