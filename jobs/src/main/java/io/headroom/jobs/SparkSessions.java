package io.headroom.jobs;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;

/** Starts Spark for jobs that measure. */
public final class SparkSessions {
  private static final Pattern LOCAL = Pattern.compile("local\\[(\\d+|\\*)(?:,\\s*\\d+)?]");
  private static final Pattern LOCAL_CLUSTER =
      Pattern.compile("local-cluster\\[\\s*\\d+\\s*,\\s*(\\d+)\\s*,\\s*(\\d+)\\s*]");
  private static final String TASK_CPUS = "spark.task.cpus";
  private static final String EXECUTOR_MEMORY = "spark.executor.memory";

  private SparkSessions() {}

  /**
   * A session in which an executor runs one task at a time, for a task beside it would disturb what
   * it measures: {@code spark.task.cpus} is the executor's cores, unless the user set it. Executors
   * of a local cluster get all memory of their workers. A session that exists already is returned
   * as it is.
   */
  public static SparkSession measuring(String name) {
    SparkConf conf = new SparkConf();
    SparkSession.Builder builder = SparkSession.builder().appName(name);
    if (!conf.contains("spark.master")) {
      builder.master("local[*]");
    }
    if (!conf.contains(TASK_CPUS)) {
      builder.config(TASK_CPUS, executorCores(conf));
    }
    Matcher localCluster = LOCAL_CLUSTER.matcher(conf.get("spark.master", ""));
    if (localCluster.matches() && !conf.contains(EXECUTOR_MEMORY)) {
      builder.config(EXECUTOR_MEMORY, localCluster.group(2) + "m");
    }
    return builder.getOrCreate();
  }

  /** Tasks that the session runs at once on the executors it has now; 0 before the first came. */
  public static int slots(SparkSession spark) {
    SparkContext context = spark.sparkContext();
    // Unlike the default parallelism, which is never below 2.
    return context.maxNumConcurrentTasks(context.resourceProfileManager().defaultResourceProfile());
  }

  private static int executorCores(SparkConf conf) {
    String master = conf.get("spark.master", "local[*]");
    Matcher local = LOCAL.matcher(master);
    if (local.matches()) {
      return local.group(1).equals("*")
          ? Runtime.getRuntime().availableProcessors()
          : Math.max(1, Integer.parseInt(local.group(1)));
    }
    Matcher localCluster = LOCAL_CLUSTER.matcher(master);
    if (localCluster.matches()) {
      return Integer.parseInt(localCluster.group(1));
    }
    return conf.getInt("spark.executor.cores", 1);
  }
}
