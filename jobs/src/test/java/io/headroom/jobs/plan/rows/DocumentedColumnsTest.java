package io.headroom.jobs.plan.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.testkit.DocumentedCommands;
import java.util.List;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Every column of a plan's tables has its words in jobs/README.md. */
class DocumentedColumnsTest {
  @Test
  void everyColumnIsThere() {
    String section = DocumentedCommands.section("jobs/README.md", "Tables of a plan");

    for (StructType schema :
        List.of(CandidateTable.SCHEMA, SimulationTable.SCHEMA, TimelineTable.SCHEMA)) {
      for (String column : schema.fieldNames()) {
        // Percentiles of one latency stand together, as ttft_*_ms.
        String documented = column.replaceFirst("_(mean|p50|p90|p99|max)_ms$", "_*_ms");
        assertThat(section)
            .satisfiesAnyOf(
                text -> assertThat(text).containsPattern("\\b" + column + "\\b"),
                text -> assertThat(text).contains(documented));
      }
    }
  }
}
