package io.headroom.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionInterruptedException;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.reference.ReferenceAttentionEngine;
import io.headroom.host.Ticker;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.testkit.ForwardingEngine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Measurements that break off. */
class SequenceFailureTest {
  private static final Attention GROUPED =
      new Attention(new AttentionShape(4, 2, 16), AttentionMask.CAUSAL);

  private static final SequenceRequest REQUEST =
      new RequestBuilder(GROUPED, GROUPED).tokens(20, 2).verified().build();

  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  /**
   * Without time for more: one prefill to warm up and one sample, two layers each; then one pass of
   * two steps to warm up and one step as a sample; then the prefill that is verified.
   */
  @ParameterizedTest
  @CsvSource({"1, PREFILL", "4, PREFILL", "5, DECODE", "8, DECODE", "11, VERIFICATION"})
  void tellsInWhichPhaseItWasInterrupted(int call, MeasuringPhase phase) {
    InterruptedAt engine = new InterruptedAt(call);
    SequenceMeasurer measurer = new SequenceMeasurer(engine, Ticker.system());

    assertThatThrownBy(() -> measurer.measure(REQUEST))
        .isInstanceOf(AttentionInterruptedException.class);

    assertThat(engine.calls).isEqualTo(call);
    assertThat(measurer.phase()).isEqualTo(phase);
    assertThat(Thread.interrupted()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  void warmingUpIsAPhaseOfItsOwn(int call) {
    SequenceMeasurer measurer = new SequenceMeasurer(new InterruptedAt(call), Ticker.system());

    assertThatThrownBy(() -> measurer.warmUp(REQUEST, 0))
        .isInstanceOf(AttentionInterruptedException.class);

    assertThat(measurer.phase()).isEqualTo(MeasuringPhase.WARM_UP);
  }

  /** Interrupts its caller when it is called for the n-th time. */
  private static final class InterruptedAt extends ForwardingEngine {
    private final int call;
    private int calls;

    InterruptedAt(int call) {
      super(new ReferenceAttentionEngine());
      this.call = call;
    }

    @Override
    public void attend(Attention attention, HeadTensor queries, KvCache cache, HeadTensor output) {
      calls++;
      if (calls == call) {
        Thread.currentThread().interrupt();
      }
      super.attend(attention, queries, cache, output);
    }
  }

  @Test
  void theReferenceOfAVerificationIsInterruptedToo() {
    SequenceMeasurer measurer =
        new SequenceMeasurer(
            new ForwardingEngine(new ReferenceAttentionEngine()) {
              private int calls;

              @Override
              public void attend(
                  Attention attention, HeadTensor queries, KvCache cache, HeadTensor output) {
                super.attend(attention, queries, cache, output);
                calls++;
                // The last step of decode that is verified.
                if (calls == 4 + 6 + 3) {
                  Thread.currentThread().interrupt();
                }
              }
            },
            Ticker.system());

    assertThatThrownBy(() -> measurer.measure(REQUEST))
        .isInstanceOf(AttentionInterruptedException.class);
    assertThat(measurer.phase()).isEqualTo(MeasuringPhase.VERIFICATION);
  }

  @Test
  void dataThatIsInterruptedIsNotMade() {
    SequenceMeasurer measurer =
        new SequenceMeasurer(new ReferenceAttentionEngine(), Ticker.system());
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> measurer.measure(REQUEST))
        .isInstanceOf(AttentionInterruptedException.class);
    assertThat(measurer.phase()).isEqualTo(MeasuringPhase.DATA);
  }

  @Test
  void cachesAreClosedThoughOneDoesNotClose() {
    BreakingCaches engine = new BreakingCaches(2);
    SequenceMeasurer measurer = new SequenceMeasurer(engine, Ticker.system());

    assertThatThrownBy(
            () -> measurer.measure(new RequestBuilder(GROUPED, GROUPED).tokens(5, 1).build()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("cache 1 does not close");
    assertThat(engine.closed).containsExactly(1, 2);
  }

  @Test
  void cachesThatWereMadeAreClosedWhenOneCannotBe() {
    BreakingCaches engine = new BreakingCaches(1);
    SequenceMeasurer measurer = new SequenceMeasurer(engine, Ticker.system());

    assertThatThrownBy(
            () -> measurer.measure(new RequestBuilder(GROUPED, GROUPED).tokens(5, 1).build()))
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessage("cache 2");
    assertThat(engine.closed).containsExactly(1);
  }

  /** Has room for a number of caches, of which the first does not close. */
  private static final class BreakingCaches extends ForwardingEngine {
    private final int room;
    private final List<Integer> closed = new ArrayList<>();
    private int made;

    BreakingCaches(int room) {
      super(new ReferenceAttentionEngine());
      this.room = room;
    }

    @Override
    public KvCache newCache(KvCacheSpec spec) {
      made++;
      if (made > room) {
        throw new OutOfMemoryError("cache " + made);
      }
      return new Closing(super.newCache(spec), made);
    }

    @Override
    public void attend(Attention attention, HeadTensor queries, KvCache cache, HeadTensor output) {
      super.attend(attention, queries, ((Closing) cache).cache, output);
    }

    private final class Closing implements KvCache {
      private final KvCache cache;
      private final int number;

      Closing(KvCache cache, int number) {
        this.cache = cache;
        this.number = number;
      }

      @Override
      public KvCacheSpec spec() {
        return cache.spec();
      }

      @Override
      public int length() {
        return cache.length();
      }

      @Override
      public void append(HeadTensor keys, HeadTensor values) {
        cache.append(keys, values);
      }

      @Override
      public void truncate(int length) {
        cache.truncate(length);
      }

      @Override
      public long allocatedBytes() {
        return cache.allocatedBytes();
      }

      @Override
      public void close() {
        closed.add(number);
        if (number == 1) {
          throw new IllegalStateException("cache 1 does not close");
        }
      }
    }
  }
}
