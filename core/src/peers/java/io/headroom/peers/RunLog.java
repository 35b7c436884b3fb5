package io.headroom.peers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What a run tells beside its numbers: progress on standard error, notes for the end. */
final class RunLog {
  private final long began = System.nanoTime();
  private final Set<String> notes = new LinkedHashSet<>();
  private final List<Map<String, Object>> agreements = new ArrayList<>();

  void progress(String line) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
    System.err.println("%4d s  %s".formatted(seconds, line));
  }

  void note(String line) {
    notes.add(line);
  }

  void agreement(Workload workload, int threads, String engine, double error, String choice) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("workload", workload.name());
    entry.put("threads", threads);
    entry.put("engine", engine);
    entry.put("relative_l2_error", error);
    if (!choice.isEmpty()) {
      entry.put("choice", choice);
      note("%s on %d threads, %s: %s".formatted(workload.name(), threads, engine, choice));
    }
    agreements.add(entry);
  }

  /** What a peer lacks or chose, a line each. */
  Set<String> notes() {
    return notes;
  }

  /** The errors of all outputs against the reference. */
  List<Map<String, Object>> agreements() {
    return agreements;
  }
}
