package io.headroom.jobs.plan.rows;

import io.headroom.CanonicalText;
import io.headroom.jobs.plan.search.ShippedSearch;
import io.headroom.kvcache.KvFormat;
import io.headroom.plan.search.ModelVariant;
import io.headroom.plan.search.ParallelChoice;
import io.headroom.plan.search.SearchSpace;
import io.headroom.plan.search.SearchSpace.Choice;

/** A deployment of a plan by the words that its rows have for it. */
public record PlannedDeployment(ShippedSearch plan, long number, Choice choice) {
  private static final int ID_BYTES = 8;

  public static PlannedDeployment of(ShippedSearch plan, long number) {
    return new PlannedDeployment(plan, number, plan.space().at(number));
  }

  private SearchSpace space() {
    return plan.space();
  }

  public ModelVariant variant() {
    return space().variants().get(choice.variant());
  }

  public String accelerator() {
    return space().accelerators().get(choice.accelerator());
  }

  public ParallelChoice parallel() {
    return space().parallelisms().get(choice.parallelism());
  }

  public String weights() {
    return space().weights().get(choice.weights());
  }

  public KvFormat kvFormat() {
    return space().kvFormat(choice);
  }

  public int batchedTokens() {
    return space().batchedTokens().get(choice.batchedTokens());
  }

  public boolean disaggregated() {
    return space().disaggregated().get(choice.disaggregated());
  }

  public int sequences() {
    return space().sequences().get(choice.sequences());
  }

  public double utilisation() {
    return space().utilisations().get(choice.utilisation());
  }

  /** By which a deployment is known in every plan that has it. */
  public String id() {
    return new CanonicalText("deployment", 1)
        .put("model", variant().spec().name())
        .put("kv_heads", variant().spec().kvHeads())
        .put("window", variant().window())
        .put("sinks", variant().sinks())
        .put("accelerator", accelerator())
        .put("tensor", parallel().tensor())
        .put("pipeline", parallel().pipeline())
        .put("expert", parallel().expert())
        .put("attention_data", parallel().attentionData())
        .put("weights", weights())
        .put("kv_precision", kvFormat().label())
        .put("engine", plan.engine())
        .put("engine_version", plan.release())
        .put("max_batched_tokens", batchedTokens())
        .put("max_sequences", sequences())
        .put("memory_utilization", utilisation())
        .put("disaggregated", disaggregated())
        .fingerprint(ID_BYTES);
  }
}
