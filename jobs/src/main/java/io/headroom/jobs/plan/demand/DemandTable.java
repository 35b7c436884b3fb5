package io.headroom.jobs.plan.demand;

import static org.apache.spark.sql.types.DataTypes.StringType;

import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The table of what a trace asks for by the minute: whose demand it is, and {@link TraceDemand}.
 */
public final class DemandTable {
  public static final StructType SCHEMA = schema();

  private DemandTable() {}

  private static StructType schema() {
    StructType schema =
        new StructType()
            .add("candidate_id", StringType)
            .add("model", StringType)
            .add("accelerator", StringType);
    for (StructField field : TraceDemand.SCHEMA.fields()) {
      schema = schema.add(field);
    }
    return schema;
  }
}
