package io.headroom.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.testkit.LocalSpark;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.WholeStageCodegenExec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class InterpretedQueriesTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private SparkSession compiling;

  @BeforeEach
  void compileQueries() {
    compiling = SPARK.session().newSession();
    compiling.conf().unset("spark.sql.codegen.wholeStage");
  }

  @Test
  void fewRowsAreNotWorthCompiling() {
    SparkSession few = InterpretedQueries.forFew(compiling, InterpretedQueries.MOST_ROWS);

    assertThat(compiles(few)).isFalse();
    assertThat(compiles(compiling)).as("is left as it was").isTrue();
  }

  @Test
  void manyAre() {
    assertThat(InterpretedQueries.forFew(compiling, InterpretedQueries.MOST_ROWS + 1))
        .isSameAs(compiling);
  }

  private static boolean compiles(SparkSession spark) {
    return spark
        .range(3)
        .selectExpr("id + 1 AS next")
        .queryExecution()
        .executedPlan()
        .find(WholeStageCodegenExec.class::isInstance)
        .isDefined();
  }
}
