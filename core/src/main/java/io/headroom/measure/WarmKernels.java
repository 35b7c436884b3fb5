package io.headroom.measure;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.KvFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Measures sequences with kernels that are compiled: the first of a kind would otherwise be
 * measured while the compiler is at work beside it. Remembers which kinds have settled, for a long
 * sequence has no time to show that by itself.
 */
public final class WarmKernels {
  private static final SamplingPolicy.NewKernels NEW = SamplingPolicy.STANDARD.newKernels();

  private final Map<Kind, SteadyPhases> settledByKind = new ConcurrentHashMap<>();

  /** Requests of one kind run the same code on the same shapes. */
  private record Kind(
      String engine,
      int copies,
      KvFormat precision,
      boolean kvCache,
      int threads,
      List<AttentionShape> shapes) {}

  /**
   * Measures the sequence, after a warm-up of its kernels if they are new to this.
   *
   * @param warmUpNanos time that prefill and decode each have at most to warm up a new kind
   * @throws IllegalArgumentException if the engine does not support the request
   */
  public SequenceMeasurement measure(SideBySide copies, SequenceRequest request, long warmUpNanos) {
    Kind kind =
        new Kind(
            copies.engine().detail(),
            copies.count(),
            request.precision(),
            request.kvCache(),
            request.threads(),
            request.layers().stream().map(Attention::shape).toList());
    if (!settledByKind.containsKey(kind)) {
      SequenceRequest shortened = request.shortened(NEW.promptTokens(), NEW.outputTokens());
      settledByKind.merge(kind, copies.warmUp(shortened, warmUpNanos), SteadyPhases::or);
    }
    SequenceMeasurement measured = copies.measure(request, settledByKind.get(kind));
    SteadyPhases steady = measured.steady();
    boolean decode = steady.decode() && request.outputTokens() > 0;
    settledByKind.merge(kind, new SteadyPhases(steady.prefill(), decode), SteadyPhases::or);
    return measured;
  }
}
