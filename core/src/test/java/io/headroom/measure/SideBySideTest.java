package io.headroom.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.OutputError;
import io.headroom.engines.AttentionEngines;
import io.headroom.host.Disturbance;
import io.headroom.host.ResourceUsage;
import io.headroom.host.Ticker;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.testkit.ForwardingEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SideBySideTest {
  private static final Attention ATTENTION =
      new Attention(new AttentionShape(4, 2, 16), AttentionMask.CAUSAL);
  private static final long AMPLE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int SAMPLES = 11;

  /** Decoding goes on to 64 samples in whole passes of 5 tokens where that is cheap. */
  private static final int DECODE_SAMPLES = 65;

  private final List<ProbedEngine> made = new ArrayList<>();

  /** Nothing ends unless every copy is at work while the others are. */
  @ParameterizedTest
  @ValueSource(strings = {"vector", "nd4j", "reference"})
  void copiesComputeAtTheSameTime(String engine) {
    CyclicBarrier meeting = new CyclicBarrier(3);

    SequenceMeasurement measured;
    try (SideBySide three =
        new SideBySide(3, () -> probed(engine, first(meeting::await)), Ticker.system())) {
      measured = three.measure(request().verified().build());
    }

    assertThat(made).hasSize(3).allMatch(copy -> copy.closed);
    assertThat(made.stream().flatMap(copy -> copy.threads.stream())).doesNotHaveDuplicates();
    assertThat(measured.prefill().samples()).isEqualTo(3 * SAMPLES);
    assertThat(measured.decode().samples()).isEqualTo(3 * DECODE_SAMPLES);
    assertThat(measured.outputError().orElseThrow().isWithin(2e-5)).isTrue();
  }

  @Test
  void keepsTheBytesOfOneCopy() {
    SequenceRequest request = request().verified().build();

    SequenceMeasurement alone = measure(1, request);
    SequenceMeasurement beside = measure(2, request);

    assertThat(beside.kvBytesAllocated()).isEqualTo(alone.kvBytesAllocated());
    assertThat(beside.outputError()).isEqualTo(alone.outputError());
  }

  @Test
  void aSingleCopyIsMeasuredOnTheCallingThread() {
    SequenceMeasurement alone = measure(1, request().build());

    assertThat(made.get(0).threads).containsExactly(Thread.currentThread());
    assertThat(alone.prefill().samples()).isEqualTo(SAMPLES);
    assertThat(alone.decode().samples()).isEqualTo(DECODE_SAMPLES);
  }

  /** A short first copy goes on while the second still samples. */
  @Test
  void noCopySamplesAlone() {
    CountDownLatch moreThanItsOwn = new CountDownLatch(4 * SAMPLES);
    Step counted = moreThanItsOwn::countDown;
    Step held =
        new Step() {
          private int calls;

          @Override
          public void run() throws Exception {
            calls++;
            // Warm-up of no time is one prefill; the second is the first sample.
            if (calls == 2) {
              moreThanItsOwn.await();
            }
          }
        };

    try (SideBySide two =
        new SideBySide(
            2, () -> probed("vector", made.isEmpty() ? counted : held), Ticker.system())) {
      two.measure(request().tokens(20, 0).samples(SAMPLES, 0).build());
    }

    assertThat(moreThanItsOwn.getCount()).isZero();
  }

  @Test
  void aCopyThatBreaksBreaksTheMeasurement() {
    Step broken =
        () -> {
          throw new OutOfMemoryError("full");
        };

    try (SideBySide three =
        new SideBySide(
            3, () -> probed("vector", made.size() == 1 ? broken : () -> {}), Ticker.system())) {
      assertThatThrownBy(() -> three.measure(request().build()))
          .isInstanceOf(OutOfMemoryError.class)
          .hasMessage("full");
    }
    assertThat(made.stream().flatMap(copy -> copy.threads.stream())).noneMatch(this::isComputing);
  }

  private boolean isComputing(Thread thread) {
    return made.stream().anyMatch(copy -> copy.computing.contains(thread));
  }

  @Test
  void anInterruptEndsAllCopies() throws Exception {
    CountDownLatch inside = new CountDownLatch(2);
    Step stuck =
        () -> {
          inside.countDown();
          new CountDownLatch(1).await();
        };
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try (SideBySide two =
                  new SideBySide(2, () -> probed("vector", stuck), Ticker.system())) {
                two.measure(request().build());
              } catch (RuntimeException e) {
                thrown.set(e);
                flag.set(Thread.currentThread().isInterrupted());
              }
            });
    caller.start();
    inside.await();

    caller.interrupt();
    caller.join();

    assertThat(thrown.get()).isInstanceOf(IllegalStateException.class);
    assertThat(flag.get()).isTrue();
    assertThat(made).allMatch(copy -> copy.closed && copy.computing.isEmpty());
  }

  @Test
  void everyEngineIsClosedThoughSomeDoNotClose() {
    List<Integer> closed = new ArrayList<>();
    SideBySide three = new SideBySide(3, unclosable(closed, 3), Ticker.system());

    assertThatThrownBy(three::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("engine 1 does not close")
        .satisfies(
            thrown ->
                assertThat(thrown.getSuppressed())
                    .extracting(Throwable::getMessage)
                    .containsExactly("engine 2 does not close", "engine 3 does not close"));
    assertThat(closed).containsExactly(1, 2, 3);
  }

  @Test
  void whyAnEngineCouldNotBeMadeIsToldThoughOthersDoNotClose() {
    List<Integer> closed = new ArrayList<>();

    assertThatThrownBy(() -> new SideBySide(3, unclosable(closed, 2), Ticker.system()))
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessage("engine 3")
        .satisfies(
            thrown ->
                assertThat(thrown.getSuppressed())
                    .extracting(Throwable::getMessage)
                    .containsExactly("engine 1 does not close"));
    assertThat(closed).containsExactly(1, 2);
  }

  /** Engines of which there is room for some, and none closes. */
  private static Supplier<AttentionEngine> unclosable(List<Integer> closed, int room) {
    AtomicInteger made = new AtomicInteger();
    return () -> {
      int number = made.incrementAndGet();
      if (number > room) {
        throw new OutOfMemoryError("engine " + number);
      }
      return new ForwardingEngine(AttentionEngines.create("reference", 1)) {
        @Override
        public void close() {
          closed.add(number);
          throw new IllegalStateException("engine %d does not close".formatted(number));
        }
      };
    };
  }

  @Test
  void whatTheEngineCannotDoBesideOthersIsTold() {
    try (SideBySide alone = nd4j(1, 2);
        SideBySide two = nd4j(2, 1);
        SideBySide twoOfTwo = nd4j(2, 2)) {
      assertThat(alone.unsupported()).isEmpty();
      assertThat(two.unsupported()).isEmpty();
      assertThat(twoOfTwo.unsupported().orElseThrow())
          .startsWith("the nd4j engine runs side by side on 1 thread each, not on 2");
    }
  }

  private static SideBySide nd4j(int copies, int threads) {
    return new SideBySide(copies, () -> AttentionEngines.create("nd4j", threads), Ticker.system());
  }

  @Test
  void copiesAreAtLeastOne() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> nd4j(0, 1))
        .withMessage("copies must be at least 1: 0");
  }

  @Test
  void mergesWhatTheCopiesMeasured() {
    SequenceMeasurement one = measurement(10, 3, true, new ResourceUsage(100, 90, 4, 7), 1e-6);
    SequenceMeasurement other = measurement(30, 5, false, new ResourceUsage(200, 180, 3, 5), 2e-6);

    SequenceMeasurement merged = SideBySide.merged(1, List.of(one, other));

    assertThat(merged.kvBytesAllocated()).isEqualTo(64);
    assertThat(merged.prefill().samples()).isEqualTo(2);
    assertThat(merged.prefill().meanNanos()).isEqualTo(20);
    assertThat(merged.decode().maxNanos()).hasValue(60);
    assertThat(merged.warmUpIterations()).isEqualTo(5);
    assertThat(merged.steady().both()).isFalse();
    assertThat(merged.usage()).isEqualTo(new ResourceUsage(300, 270, 4, 12));
    assertThat(merged.outputError()).contains(new OutputError(2e-6, 2e-6));
  }

  /** Each copy of two threads has seen the processor time of both copies: 2 x 2 x 100. */
  @Test
  void theProcessorTimeOfTheProcessIsCountedOnce() {
    SequenceMeasurement copy = measurement(10, 3, true, new ResourceUsage(100, 400, 0, 0), 0);

    SequenceMeasurement merged = SideBySide.merged(2, List.of(copy, copy));

    assertThat(merged.usage().cpuWallRatio(2)).isEqualTo(1);
  }

  @Test
  void anErrorThatIsNoNumberIsTheWorst() {
    OutputError none = new OutputError(Double.NaN, Double.NaN);
    OutputError small = new OutputError(1, 2);

    assertThat(OutputError.worse(small, none)).isEqualTo(none);
    assertThat(OutputError.worse(none, small)).isEqualTo(none);
    assertThat(OutputError.worse(small, new OutputError(3, 1))).isEqualTo(new OutputError(3, 2));
  }

  private static SequenceMeasurement measurement(
      long nanos, int warmUps, boolean steady, ResourceUsage usage, double error) {
    LatencyHistogram prefill = new LatencyHistogram();
    prefill.record(nanos);
    LatencyHistogram decode = new LatencyHistogram();
    decode.record(2 * nanos);
    return new SequenceMeasurement(
        64,
        prefill,
        decode,
        warmUps,
        new SteadyPhases(steady, steady),
        usage,
        Disturbance.NONE,
        Optional.of(new OutputError(error, error)));
  }

  private SequenceMeasurement measure(int copies, SequenceRequest request) {
    try (SideBySide sideBySide =
        new SideBySide(copies, () -> probed("vector", () -> {}), Ticker.system())) {
      return sideBySide.measure(request);
    }
  }

  private static RequestBuilder request() {
    return new RequestBuilder(ATTENTION).tokens(20, 5).samples(SAMPLES, AMPLE_NANOS);
  }

  private ProbedEngine probed(String engine, Step step) {
    ProbedEngine probed = new ProbedEngine(AttentionEngines.create(engine, 1), step);
    made.add(probed);
    return probed;
  }

  /** What an engine does before it computes. */
  private interface Step {
    void run() throws Exception;
  }

  private static Step first(Step step) {
    return new Step() {
      private boolean done;

      @Override
      public void run() throws Exception {
        if (!done) {
          done = true;
          step.run();
        }
      }
    };
  }

  /** Another engine, that takes a step of the test's before every call. */
  private static final class ProbedEngine extends ForwardingEngine {
    private final Step step;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final Set<Thread> computing = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    ProbedEngine(AttentionEngine engine, Step step) {
      super(engine);
      this.step = step;
    }

    @Override
    public void attend(Attention attention, HeadTensor queries, KvCache cache, HeadTensor output) {
      threads.add(Thread.currentThread());
      computing.add(Thread.currentThread());
      try {
        step.run();
        super.attend(attention, queries, cache, output);
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      } finally {
        computing.remove(Thread.currentThread());
      }
    }

    @Override
    public void close() {
      closed = true;
      super.close();
    }
  }
}
