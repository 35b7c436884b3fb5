package io.headroom.jobs.traces;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.percentile;
import static org.apache.spark.sql.functions.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.testkit.SharedData;
import io.headroom.workload.TraceFormat;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The real traces beside the project; expected figures counted without Spark. */
class PublicTracesTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final long MILLISECOND = 1_000_000L;
  private static final double MEAN_TOLERANCE = 1e-9;

  @Test
  void readsTheAzureConversationTrace() {
    Trace trace = read("traces/AzureLLMInferenceTrace_conv.csv");

    assertThat(trace.description()).isEqualTo(TraceFormat.AZURE);
    assertThat(trace.note()).isEmpty();
    assertThat(trace.counts().used()).isEqualTo(19_366);
    Row figures = figures(trace);
    assertThat(figures.getDouble(0)).isCloseTo(22_361_870 / 19_366.0, within(MEAN_TOLERANCE));
    assertThat(figures.getDouble(1)).isEqualTo(1020);
    assertThat(figures.getInt(2)).isEqualTo(14_050);
    assertThat(figures.getLong(3)).isEqualTo(4_088_665);
    // From 18:15:46.6805900 to 19:14:08.4025270.
    assertThat(figures.getLong(4)).isEqualTo(3_501_721_937_000L);
  }

  @Test
  void readsTheMooncakeConversationTrace() {
    Trace trace = read("traces/mooncake_conversation_trace.jsonl");

    assertThat(trace.description()).isEqualTo(TraceFormat.MOONCAKE);
    assertThat(trace.note()).isEmpty();
    assertThat(trace.counts().used()).isEqualTo(12_031);
    Row figures = figures(trace);
    assertThat(figures.getDouble(1)).isEqualTo(6909);
    assertThat(figures.getInt(2)).isEqualTo(126_195);
    assertThat(figures.getLong(3)).isEqualTo(4_122_048);
    assertThat(figures.getLong(4)).isEqualTo(3_536_999 * MILLISECOND);
  }

  private static Trace read(String name) {
    return new TraceReader(SPARK.session()).read(SharedData.require(name).toString());
  }

  /** Mean, median and maximum of the prompts, tokens generated, arrival of the last. */
  private static Row figures(Trace trace) {
    return trace
        .requests()
        .agg(
            avg("prompt_tokens"),
            percentile(col("prompt_tokens"), lit(0.5)),
            max("prompt_tokens"),
            sum("output_tokens"),
            max("arrival_nanos"))
        .first();
  }
}
