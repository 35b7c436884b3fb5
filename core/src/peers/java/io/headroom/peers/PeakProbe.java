package io.headroom.peers;

import io.headroom.host.HostProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Peaks of the host, measured several times in a run, since neighbours only ever lower them. */
final class PeakProbe {
  private final Map<Integer, List<HostProbe.Peaks>> trials = new TreeMap<>();

  void measure(List<Integer> threadCounts) {
    for (int threads : threadCounts) {
      trials.computeIfAbsent(threads, count -> new ArrayList<>()).add(HostProbe.measure(threads));
    }
  }

  /** The best of every number of threads. */
  Map<Integer, HostProbe.Peaks> best() {
    Map<Integer, HostProbe.Peaks> best = new TreeMap<>();
    trials.forEach(
        (threads, peaks) ->
            best.put(
                threads,
                new HostProbe.Peaks(
                    most(peaks, HostProbe.Peaks::gflops),
                    most(peaks, HostProbe.Peaks::streamGigabytesPerSecond))));
    return best;
  }

  private static double most(
      List<HostProbe.Peaks> peaks, ToDoubleFunction<HostProbe.Peaks> number) {
    return peaks.stream().mapToDouble(number).max().orElseThrow();
  }

  private static double least(
      List<HostProbe.Peaks> peaks, ToDoubleFunction<HostProbe.Peaks> number) {
    return peaks.stream().mapToDouble(number).min().orElseThrow();
  }

  /** A line for every number of threads: the best, and the worst trial. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    trials.forEach(
        (threads, peaks) ->
            lines.add(
                String.format(
                    Locale.ROOT,
                    "%d threads: %.1f GFLOP/s (lowest of %d probes %.1f), stream read %.1f GB/s (lowest %.1f)",
                    threads,
                    most(peaks, HostProbe.Peaks::gflops),
                    peaks.size(),
                    least(peaks, HostProbe.Peaks::gflops),
                    most(peaks, HostProbe.Peaks::streamGigabytesPerSecond),
                    least(peaks, HostProbe.Peaks::streamGigabytesPerSecond))));
    return lines;
  }
}
