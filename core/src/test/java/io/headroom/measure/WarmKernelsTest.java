package io.headroom.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.engines.AttentionEngines;
import io.headroom.host.Ticker;
import io.headroom.kvcache.KvPrecision;
import io.headroom.measure.RecordingEngine.Call;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarmKernelsTest {
  private static final Attention GROUPED =
      new Attention(new AttentionShape(4, 2, 16), AttentionMask.CAUSAL);
  private static final Attention OTHER =
      new Attention(new AttentionShape(4, 1, 16), AttentionMask.CAUSAL);

  private final WarmKernels kernels = new WarmKernels();

  @Test
  void onlyTheFirstOfAKindIsWarmedUp() {
    // Two prefills, one warm and one sampled, and no time for more.
    List<Call> once = List.of(new Call(700, 700), new Call(700, 700));

    assertThat(calls(new RequestBuilder(GROUPED).tokens(700, 0).build()))
        .containsExactly(new Call(512, 512), once.get(0), once.get(1));
    assertThat(calls(new RequestBuilder(GROUPED).tokens(700, 0).build()))
        .containsExactlyElementsOf(once);
    assertThat(calls(new RequestBuilder(GROUPED).tokens(700, 0).seed(7).verified().build()))
        .startsWith(once.get(0), once.get(1))
        .doesNotContain(new Call(512, 512));
  }

  @Test
  void anotherShapeOrPrecisionIsAnotherKind() {
    calls(new RequestBuilder(GROUPED).tokens(700, 0).build());

    assertThat(calls(new RequestBuilder(OTHER).tokens(700, 0).build()))
        .startsWith(new Call(512, 512));
    assertThat(calls(new RequestBuilder(GROUPED).in(KvPrecision.INT8).tokens(700, 0).build()))
        .startsWith(new Call(512, 512));
    assertThat(calls(new RequestBuilder(GROUPED).tokens(700, 0).withoutCache().build()))
        .startsWith(new Call(512, 512));
  }

  private List<Call> calls(SequenceRequest request) {
    RecordingEngine engine = new RecordingEngine(AttentionEngines.create("vector", 1));
    try (SideBySide one = new SideBySide(1, () -> engine, Ticker.system())) {
      kernels.measure(one, request, 0);
      return List.copyOf(engine.calls());
    }
  }
}
