package io.headroom.jobs.spark;

import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * Spark to read in: traces, and what was measured. A task has one core, unless the user set {@code
 * spark.task.cpus}.
 */
final class AnalysingSpark {
  private static final String EXECUTOR_MEMORY = "spark.executor.memory";

  private AnalysingSpark() {}

  /** A session that exists already is returned as it is. */
  static SparkSession start(String name) {
    return builder(name, new SparkConf()).getOrCreate();
  }

  /** Of any session. Executors of a local cluster get all memory of their workers. */
  static SparkSession.Builder builder(String name, SparkConf conf) {
    SparkMaster master = SparkMaster.of(conf);
    SparkSession.Builder builder = SparkSession.builder().appName(name).master(master.url());
    if (!conf.contains(EXECUTOR_MEMORY)) {
      master
          .workerMebibytes()
          .ifPresent(mebibytes -> builder.config(EXECUTOR_MEMORY, mebibytes + "m"));
    }
    return builder;
  }
}
