package io.headroom.jobs.plan.rows;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.headroom.jobs.plan.search.ShippedSearch;
import io.headroom.model.ModelSpec;
import java.util.function.Function;

/**
 * What is planned, in every row of a plan: the model's heads and cache by the columns that the rows
 * of a sweep have, what it runs on and how, and what is asked of it.
 */
final class DeploymentColumns {
  /** What a question fixes: models, heads, cache and accelerator. */
  static final Columns<PlannedDeployment> QUESTION = question();

  /** How the model is run there. */
  static final Columns<PlannedDeployment> CHOICE = choice();

  static final Columns<ShippedSearch> DEMAND = demand();

  private DeploymentColumns() {}

  private static Columns<PlannedDeployment> question() {
    return new Columns<PlannedDeployment>()
        .add("model", StringType, ofSpec(ModelSpec::name))
        .add("layers", IntegerType, ofSpec(spec -> spec.layers().size()))
        .add("hidden_size", IntegerType, ofSpec(ModelSpec::hiddenSize))
        .add("query_heads", IntegerType, ofSpec(ModelSpec::queryHeads))
        .add("kv_heads", IntegerType, ofSpec(ModelSpec::kvHeads))
        .add("group_size", IntegerType, ofSpec(spec -> spec.queryHeads() / spec.kvHeads()))
        .add("variant", StringType, ofSpec(spec -> spec.variant().name()))
        .add("head_dim", IntegerType, ofSpec(ModelSpec::headDim))
        .add("kv_precision", StringType, planned -> planned.kvFormat().label())
        .add("window", IntegerType, planned -> planned.variant().window())
        .add("sinks", IntegerType, planned -> planned.variant().sinks())
        .add("kv_heads_asked", StringType, planned -> planned.variant().heads())
        .add("accelerator", StringType, PlannedDeployment::accelerator);
  }

  private static Function<PlannedDeployment, Object> ofSpec(Function<ModelSpec, Object> value) {
    return planned -> value.apply(planned.variant().spec());
  }

  private static Columns<PlannedDeployment> choice() {
    return new Columns<PlannedDeployment>()
        .add("weights", StringType, planned -> label(planned.weights()))
        .add("tensor", IntegerType, planned -> planned.parallel().tensor())
        .add("pipeline", IntegerType, planned -> planned.parallel().pipeline())
        .add("expert", IntegerType, planned -> planned.parallel().expert())
        .add("attention_data", IntegerType, planned -> planned.parallel().attentionData())
        .add("engine", StringType, planned -> planned.plan().engine())
        .add("engine_version", StringType, planned -> planned.plan().release())
        .add("max_batched_tokens", IntegerType, PlannedDeployment::batchedTokens)
        .add("max_sequences", IntegerType, PlannedDeployment::sequences)
        .add("memory_utilization", DoubleType, PlannedDeployment::utilisation)
        .add("disaggregated", BooleanType, PlannedDeployment::disaggregated);
  }

  /** As configurations have it. */
  private static String label(String weights) {
    return weights.equals("bfloat16") ? "bf16" : weights;
  }

  private static Columns<ShippedSearch> demand() {
    return new Columns<ShippedSearch>()
        .add("requests_per_second", DoubleType, plan -> plan.demand().requestsPerSecond())
        .add("input_tokens_mean", DoubleType, plan -> plan.demand().mix().inputTokens())
        .add("output_tokens_mean", DoubleType, plan -> plan.demand().mix().outputTokens())
        .add("level_ttft_p99_ms", DoubleType, plan -> plan.demand().levels().ttftP99Millis())
        .add("level_tpot_p99_ms", DoubleType, plan -> plan.demand().levels().tpotP99Millis());
  }
}
