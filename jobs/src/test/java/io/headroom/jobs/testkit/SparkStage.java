package io.headroom.jobs.testkit;

import java.util.List;
import java.util.function.Predicate;

/**
 * A stage that Spark ran.
 *
 * @param description of its job in Spark's UI; empty if it has none
 * @param taskCores of each of its tasks
 */
public record SparkStage(String description, int taskCores) {
  static final String DESCRIPTION = "spark.job.description";

  /** Cores of a task in each stage that read a file, whose name is in the description. */
  public static List<Integer> reading(String file, List<SparkStage> stages) {
    return taskCores(stages, stage -> stage.description().contains(file));
  }

  /** Cores of a task in each stage that measured: the description counts their shards. */
  public static List<Integer> measuring(List<SparkStage> stages) {
    return taskCores(stages, stage -> stage.description().endsWith(" shards"));
  }

  /** Cores of a task in each stage at the end of a sweep. */
  public static List<Integer> summarising(List<SparkStage> stages) {
    return taskCores(stages, stage -> stage.description().endsWith(": summary"));
  }

  private static List<Integer> taskCores(List<SparkStage> stages, Predicate<SparkStage> which) {
    return stages.stream().filter(which).map(SparkStage::taskCores).toList();
  }
}
