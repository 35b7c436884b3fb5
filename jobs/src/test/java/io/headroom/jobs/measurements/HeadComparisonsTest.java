package io.headroom.jobs.measurements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.RowBuilder;
import io.headroom.jobs.testkit.ScratchResults;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HeadComparisonsTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  /** Of 8 and 1 heads: an eighth of the bytes and of the decode, 9 of 16 parts of the prefill. */
  @Test
  void fewerHeadsAreSharesOfTheMost() {
    Row one = cell("a-1-f32", row(8, 128), row(8, 512), row(1, 128), row(1, 512));

    assertThat(one.<String>getAs("compared_variant")).isEqualTo("MHA");
    assertThat(one.<Integer>getAs("compared_prompt_tokens")).isEqualTo(512);
    assertThat(one.<Double>getAs("kv_bytes_share")).isEqualTo(0.125);
    assertThat(one.<Double>getAs("decode_share")).isEqualTo(0.125);
    assertThat(one.<Double>getAs("prefill_share")).isCloseTo(9.0 / 16, within(1e-12));
  }

  @Test
  void theMostHeadsAreComparedWithNothing() {
    assertThat(cell("a-8-f32", row(8, 128), row(1, 128)).<String>getAs("compared_variant"))
        .isNull();
  }

  /** The most heads failed at 512: what the others took there has no counterpart. */
  @Test
  void theLongestPromptIsThatOfTheMostHeads() {
    Row one =
        cell("a-1-f32", row(8, 128), row(8, 512).set("status", "failed"), row(1, 128), row(1, 512));

    assertThat(one.<Integer>getAs("compared_prompt_tokens")).isEqualTo(128);
  }

  @Test
  void timesAreMediansOverSequences() {
    Row one =
        cell(
            "a-1-f32",
            row(8, 64).set("decode_ns_p50", 100L),
            row(1, 64).set("decode_ns_p50", 10L),
            row(1, 64).set("decode_ns_p50", 25L),
            row(1, 64).set("decode_ns_p50", 9_000L));

    assertThat(one.<Double>getAs("decode_share")).isEqualTo(0.25);
  }

  @Test
  void whatWasNotDecodedHasNoShare() {
    Row one =
        cell(
            "a-1-f32",
            row(8, 64).set("decode_ns_p50", null),
            row(1, 64).set("decode_ns_p50", null));

    assertThat(one.<Double>getAs("decode_share")).isNull();
    assertThat(one.<Double>getAs("kv_bytes_share")).isEqualTo(0.125);
  }

  /** The noisy row of one head took 30 times what it should. */
  @Test
  void timesOfNoisyRowsAreComparedWithNothing() {
    RowBuilder noisy = row(1, 64).set("decode_ns_p50", 30_000L).set("noisy", true);

    Row one = cell("a-1-f32", row(8, 64), row(1, 64), noisy);
    Row noisyAlone = cell("a-1-f32", row(8, 64), noisy);

    assertThat(one.<Double>getAs("decode_share")).isEqualTo(0.125);
    assertThat(noisyAlone.<String>getAs("compared_variant")).isEqualTo("MHA");
    assertThat(noisyAlone.<Double>getAs("kv_bytes_share")).isEqualTo(0.125);
    assertThat(noisyAlone.<Double>getAs("prefill_share")).isNull();
    assertThat(noisyAlone.<Double>getAs("decode_share")).isNull();
  }

  private static RowBuilder row(int heads, int tokens) {
    return ScratchResults.measured("a", heads, "f32", tokens);
  }

  private static Row cell(String id, RowBuilder... rows) {
    List<Row> built = Arrays.stream(rows).map(RowBuilder::build).toList();
    return SummaryTable.of(SPARK.session().createDataFrame(built, MeasurementTable.SCHEMA))
        .where("cell_id = '%s'".formatted(id))
        .first();
  }
}
