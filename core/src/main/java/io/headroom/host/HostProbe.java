package io.headroom.host;

import io.headroom.attention.AttentionInterruptedException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * What the machine can do at best, measured: multiply-adds in registers, and bytes read in a stream
 * from an array that no cache holds. The roofs of a roofline model (Williams et al., CACM 2009).
 */
public final class HostProbe {
  /** Larger than any last-level cache's share of a core. */
  private static final int STREAM_NUMBERS = 32 << 20;

  private static final long ROUNDS = 1 << 17;
  private static final int TRIALS = 7;

  /** Long enough for the compiler to replace the loops while they run. */
  private static final long WARM_UP_NANOS = 300_000_000;

  private static final Map<Integer, Peaks> PEAKS = new ConcurrentHashMap<>();

  private HostProbe() {}

  /**
   * Of all asked-for threads together.
   *
   * @param gflops 10^9 floating-point operations a second, float32
   * @param streamGigabytesPerSecond 10^9 bytes read a second
   */
  public record Peaks(double gflops, double streamGigabytesPerSecond) {}

  /**
   * The peaks of this host on so many threads; measured once a process, in about a second.
   *
   * @param threads at least 1
   * @throws AttentionInterruptedException if the calling thread is interrupted meanwhile
   */
  public static Peaks peaks(int threads) {
    return PEAKS.computeIfAbsent(threads, HostProbe::measure);
  }

  /**
   * The peaks as they are now: for runs that take long enough for a host to change.
   *
   * @param threads at least 1
   * @throws AttentionInterruptedException if the calling thread is interrupted meanwhile
   */
  public static Peaks measure(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1: " + threads);
    }
    HostLoops loops = new HostLoops();
    int numbers = STREAM_NUMBERS / threads;
    double flopsPerNano = best(threads, () -> loops.multiplyAdds(ROUNDS));
    double bytesPerNano =
        best(
            threads,
            () -> {
              float[] data = new float[numbers];
              Arrays.fill(data, 1);
              return loops.stream(data, 0, numbers, 1);
            });
    return new Peaks(flopsPerNano, bytesPerNano);
  }

  /** Bytes of heap that {@link #peaks} is still going to take; 0 once it has measured. */
  public static long heapBytes(int threads) {
    return PEAKS.containsKey(threads) ? 0 : (long) STREAM_NUMBERS * Float.BYTES;
  }

  /** The best of some trials, all threads at once: interruptions only ever slow a trial down. */
  private static double best(int threads, Supplier<HostLoops.Loop> loop) {
    List<double[]> rates =
        HostLoops.run(
            "the host probe", threads, (thread, together) -> trials(loop.get(), together));
    return IntStream.range(0, TRIALS)
        .mapToDouble(trial -> rates.stream().mapToDouble(ofThread -> ofThread[trial]).sum())
        .max()
        .orElseThrow();
  }

  private static double[] trials(HostLoops.Loop loop, CyclicBarrier together) throws Exception {
    HostLoops.rate(loop, WARM_UP_NANOS, Ticker.system());
    double[] rates = new double[TRIALS];
    for (int i = 0; i < TRIALS; i++) {
      together.await();
      rates[i] = HostLoops.rate(loop, 0, Ticker.system());
    }
    return rates;
  }
}
