package io.headroom.jobs.measurements;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.RowBuilder;
import io.headroom.jobs.testkit.VariedRows;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CacheGainTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  /** 10 tokens of 1 and 2 tokens of 7, against 10 of 4 and 2 of 22: 84 over 24. */
  @Test
  void isTheTimeOfAllOutputTokensWithoutOverWith() {
    assertThat(
            gain(
                row("on", 0, 10, 1),
                row("on", 1, 2, 7),
                row("off", 0, 10, 4),
                row("off", 1, 2, 22)))
        .isEqualTo(84.0 / 24);
  }

  /** The third was given up without a cache: it says nothing. */
  @Test
  void isOfTheSequencesThatWereMeasuredBothWays() {
    Row failed = builder("off", 2, 10, 1e9).set("status", "failed").build();

    assertThat(gain(row("on", 0, 10, 1), row("on", 2, 10, 500), row("off", 0, 10, 4), failed))
        .isEqualTo(4);
  }

  @Test
  void isUnknownWhereNothingWasMeasuredBothWays() {
    assertThat(gain(row("on", 0, 10, 1))).isNull();
    assertThat(gain(row("on", 0, 10, 1), row("off", 1, 10, 4))).isNull();
  }

  private static Row row(String cache, int sequence, int tokens, double nanos) {
    return builder(cache, sequence, tokens, nanos).build();
  }

  private static RowBuilder builder(String cache, int sequence, int tokens, double nanos) {
    return VariedRows.usual()
        .set("cell_id", cache)
        .set("kv_cache", cache)
        .set("sequence_id", sequence)
        .set("output_tokens", tokens)
        .set("decode_ns_mean", nanos);
  }

  /** Of the cell with the cache, in the summary. */
  private static Double gain(Row... rows) {
    return SummaryTable.of(SPARK.session().createDataFrame(List.of(rows), MeasurementTable.SCHEMA))
        .where("cell_id = 'on'")
        .first()
        .getAs(CacheGain.COLUMN);
  }
}
