package io.headroom.plan.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.headroom.plan.time.StepLoad;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {
  private static final long MUCH = 1L << 40;

  /** A millisecond a step, and one more for every hundred tokens of prompts. */
  private static double stepMillis(StepLoad load) {
    return 1 + load.prompts() * load.promptTokens() / 100;
  }

  @Test
  void aLoneRequestWaitsForNobody() {
    ClosedLoop.Result result = run(Scheduling.CHUNKED_PROMPTS, MUCH, requests(1, 1000, 101), 1);

    // The way to the engine takes 5 ms and a little more.
    assertThat(result.ttftMillis()).isBetween(16.0, 30.0);
    assertThat(result.tpotMillis()).isCloseTo(1, within(1e-9));
    assertThat(result.running()).isLessThanOrEqualTo(1);
    assertThat(result.preemptions()).isZero();
  }

  @Test
  void longPromptsAreCutOrRunWhole() {
    ClosedLoop.Result cut = run(Scheduling.CHUNKED_PROMPTS, MUCH, requests(1, 5000, 11), 1);
    ClosedLoop.Result whole = run(Scheduling.WHOLE_PROMPTS, MUCH, requests(1, 1500, 11), 1);

    // 2,048 tokens a step: three steps of 5,000 tokens, one of 1,500.
    assertThat(cut.ttftMillis() - whole.ttftMillis()).isCloseTo(35 + 2, within(1e-6));
  }

  @Test
  void decodingWaitsForPromptsOfOthers() {
    ClosedLoop.Result few = run(Scheduling.CHUNKED_PROMPTS, MUCH, requests(40, 1000, 100), 2);
    ClosedLoop.Result many = run(Scheduling.CHUNKED_PROMPTS, MUCH, requests(160, 1000, 100), 8);

    assertThat(few.tpotMillis()).isBetween(1.0, 1.15);
    assertThat(many.tpotMillis()).isBetween(1.3, 1.9);
  }

  @Test
  void promptsFirstHoldUpDecodingUntilNoneWaits() {
    ClosedLoop.Result first = run(Scheduling.PROMPTS_FIRST, MUCH, requests(64, 2000, 50), 64);

    // Those whose prompt is run first wait 63 times 21 ms for their second token, the last not.
    assertThat(first.tpotMillis()).isBetween(1 + 0.4 * 63 * 21 / 49, 1 + 0.7 * 63 * 21 / 49);
    assertThat(first.ttftMillis()).isBetween(0.4 * 64 * 21, 0.7 * 64 * 21);
  }

  @Test
  void whoPlansAheadLetsArrivalsWaitForOneMoreStep() {
    EngineScheduler engine = engine(Scheduling.CHUNKED_PROMPTS);
    // Two that never end at once: each arrives while the other decodes, in steps of 1 ms.
    List<RequestShape> requests =
        List.of(
            new RequestShape(1000, 400), new RequestShape(1000, 150), new RequestShape(1000, 150));

    ClosedLoop.Result atOnce = run(engine, MUCH, requests, 2);
    ClosedLoop.Result ahead = run(engine.planningAhead(), MUCH, requests, 2);

    // The first two wait for the longer step of a prompt, 11 ms, at most; the third for 1 ms.
    assertThat(3 * (ahead.ttftMillis() - atOnce.ttftMillis())).isBetween(0.9, 12.1);
  }

  @Test
  void aServerForOneShapeHasRoomForOnePromptAndALittle() {
    EngineScheduler engine = engine(Scheduling.WHOLE_PROMPTS);

    EngineScheduler own = engine.setUpFor(1000, 8);

    assertThat(own.mostTokens()).isEqualTo(1508);
    assertThat(run(own, MUCH, requests(8, 1000, 200), 8).ttftMillis())
        .isLessThan(run(engine.withMostTokens(9000), MUCH, requests(8, 1000, 200), 8).ttftMillis());
  }

  @Test
  void noMoreSequencesRunThanTheEngineLets() {
    EngineScheduler engine = engine(Scheduling.CHUNKED_PROMPTS).withMostSequences(3);

    assertThat(run(engine, MUCH, requests(40, 100, 50), 8).running()).isBetween(2.5, 3.0);
  }

  @Test
  void theCacheBoundsWhatRuns() {
    ClosedLoop.Result bound = run(Scheduling.WHOLE_PROMPTS, 3300, requests(200, 1000, 100), 20);

    assertThat(bound.running()).isBetween(2.5, 3.0);
    assertThat(bound.ttftMillis()).isGreaterThan(5 * bound.tpotMillis() * 100);
    assertThat(bound.preemptions()).isZero();
  }

  @Test
  void whereNothingIsReservedTheLastGiveWay() {
    ClosedLoop.Result bound = run(Scheduling.CHUNKED_PROMPTS, 3300, requests(100, 1000, 600), 10);

    assertThat(bound.preemptions()).isPositive();
    assertThat(bound.running()).isBetween(1.5, 3.0);
    assertThat(bound.tpotMillis()).isGreaterThan(1.05);
  }

  @Test
  void everyRequestIsServedOnceWhateverTheirNumber() {
    ClosedLoop.Result result = run(Scheduling.PROMPTS_FIRST, 5000, requests(7, 900, 3), 32);

    assertThat(result.ttftMillis()).isPositive().isFinite();
    assertThat(result.tpotMillis()).isPositive().isFinite();
  }

  @Test
  void theSameRunHasTheSameResult() {
    List<RequestShape> requests = requests(50, 700, 80);

    assertThat(run(Scheduling.CHUNKED_PROMPTS, MUCH, requests, 9))
        .isEqualTo(run(Scheduling.CHUNKED_PROMPTS, MUCH, requests, 9));
  }

  @Test
  void aRequestThatNeverFitsIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run(Scheduling.WHOLE_PROMPTS, 1000, requests(1, 1000, 1), 1))
        .withMessage("a request of 1001 tokens does not fit into 1000");
  }

  @Test
  void everyKnownEngineHasAScheduler() {
    assertThat(EngineScheduler.known())
        .extracting(EngineScheduler::engine)
        .containsExactly("vllm", "sglang", "trtllm");
  }

  private static ClosedLoop.Result run(
      Scheduling scheduling, long poolTokens, List<RequestShape> requests, int concurrency) {
    return run(engine(scheduling), poolTokens, requests, concurrency);
  }

  private static EngineScheduler engine(Scheduling scheduling) {
    double reserved = scheduling == Scheduling.CHUNKED_PROMPTS ? 0 : 1;
    return new EngineScheduler("some", scheduling, 2048, 256, reserved, 0.9, false, 500, "a test");
  }

  private static ClosedLoop.Result run(
      EngineScheduler engine, long poolTokens, List<RequestShape> requests, int concurrency) {
    return ClosedLoop.run(ClosedLoopTest::stepMillis, engine, 1, poolTokens, requests, concurrency);
  }

  private static List<RequestShape> requests(int count, int input, int output) {
    return Collections.nCopies(count, new RequestShape(input, output));
  }
}
