package io.headroom.jobs.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.plan.rows.CandidateTable;
import io.headroom.jobs.plan.rows.SimulationTable;
import io.headroom.jobs.testkit.RowBuilder;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class PlanAnswerTest {
  private static PlanAnswer answer(boolean meets, long accelerators, Double usd, double mostLoad) {
    Row simulated =
        new RowBuilder(SimulationTable.SCHEMA)
            .set("meets_levels", meets)
            .set("accelerators", accelerators)
            .set("usd_per_hour", usd)
            .set("most_load", mostLoad)
            .build();
    return new PlanAnswer(
        Optional.of(named(simulated, SimulationTable.SCHEMA)),
        named(new RowBuilder(CandidateTable.SCHEMA).build(), CandidateTable.SCHEMA));
  }

  /** As rows are that Spark has read. */
  private static Row named(Row row, StructType schema) {
    Object[] values = new Object[row.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(i);
    }
    return new GenericRowWithSchema(values, schema);
  }

  @Test
  void whatMeetsTheLevelsComesFirstThenWhatHasAPriceThenTheCheapest() {
    PlanAnswer cheap = answer(true, 4, 8.0, 1.1);
    PlanAnswer cheapAndStronger = answer(true, 4, 8.0, 1.3);
    PlanAnswer dear = answer(true, 4, 9.0, 1.5);
    PlanAnswer unpriced = answer(true, 1, null, 1.5);
    PlanAnswer tooSlow = answer(false, 1, 1.0, 0.4);

    assertThat(
            Stream.of(tooSlow, unpriced, dear, cheap, cheapAndStronger)
                .sorted(PlanAnswer.CHEAPEST_FIRST))
        .containsExactly(cheapAndStronger, cheap, dear, unpriced, tooSlow);
  }

  @Test
  void moreReplicasHelpOnlyWhereSomeLoadIsServed() {
    assertThat(answer(false, 36, 9.0, 0).isHopeless()).isTrue();
    assertThat(answer(false, 36, 9.0, 0.5).isHopeless()).isFalse();
    assertThat(answer(true, 36, 9.0, 1.2).isHopeless()).isFalse();
  }
}
