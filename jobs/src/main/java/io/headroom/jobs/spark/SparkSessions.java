package io.headroom.jobs.spark;

import io.headroom.UserException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/** Starts Spark for jobs that measure. */
public final class SparkSessions {
  private static final Pattern LOCAL = Pattern.compile("local\\[(\\d+|\\*)(?:,\\s*\\d+)?]");
  private static final Pattern LOCAL_CLUSTER =
      Pattern.compile("local-cluster\\[\\s*\\d+\\s*,\\s*(\\d+)\\s*,\\s*(\\d+)\\s*]");
  private static final String TASK_CPUS = "spark.task.cpus";
  private static final String SPECULATION = "spark.speculation";
  private static final String EXECUTOR_CORES = "spark.executor.cores";
  private static final String REGISTERED_RATIO = "spark.scheduler.minRegisteredResourcesRatio";
  private static final String LISTENERS = "spark.extraListeners";
  private static final String EXECUTOR_MEMORY = "spark.executor.memory";

  private SparkSessions() {}

  /**
   * A session in which an executor runs one task at a time, for a task beside it would disturb what
   * it measures: {@code spark.task.cpus} is the executor's cores, unless the user set it. Where the
   * cores are known only when executors are there, {@link #exclusive} sees to it. Spark waits some
   * time for the executors that were asked for. Executors of a local cluster get all memory of
   * their workers. A session that exists already is returned as it is.
   *
   * @throws UserException if {@link #requireExclusive} finds fault with the configuration
   */
  public static SparkSession measuring(String name) {
    SparkConf conf = new SparkConf();
    requireExclusive(conf);
    SparkSession.Builder builder = SparkSession.builder().appName(name);
    if (!conf.contains("spark.master")) {
      builder.master("local[*]");
    }
    if (coresAreUnknown(conf)) {
      String listeners = conf.get(LISTENERS, "");
      String learning = ExecutorCores.class.getName();
      builder.config(LISTENERS, listeners.isEmpty() ? learning : listeners + "," + learning);
    } else if (!conf.contains(TASK_CPUS)) {
      builder.config(TASK_CPUS, executorCores(conf));
    }
    if (!conf.contains(REGISTERED_RATIO)) {
      builder.config(REGISTERED_RATIO, "1");
    }
    Matcher localCluster = LOCAL_CLUSTER.matcher(conf.get("spark.master", ""));
    if (localCluster.matches() && !conf.contains(EXECUTOR_MEMORY)) {
      builder.config(EXECUTOR_MEMORY, localCluster.group(2) + "m");
    }
    return builder.getOrCreate();
  }

  /**
   * Checks that Spark will not run a second copy of a task that takes long.
   *
   * @throws UserException if speculation is on
   */
  public static void requireExclusive(SparkConf conf) {
    if (conf.getBoolean(SPECULATION, false)) {
      throw new UserException(
          "%s = true: would measure a slow shard twice and keep the faster; allowed: false, as in --conf %s=false"
              .formatted(SPECULATION, SPECULATION));
    }
  }

  /** Tasks that the session runs at once on the executors it has now; 0 before the first came. */
  public static int slots(SparkSession spark) {
    SparkContext context = spark.sparkContext();
    // Unlike the default parallelism, which is never below 2.
    int tasks =
        context.maxNumConcurrentTasks(context.resourceProfileManager().defaultResourceProfile());
    // Where they are learnt a task of the default profile has one core.
    return learnsCores(context)
        ? tasks / (Integer) ExecutorCores.wholeExecutor(context).getTaskCpus().get()
        : tasks;
  }

  /** Has each task take a whole executor, where {@code spark.task.cpus} does not say so already. */
  public static <T> JavaRDD<T> exclusive(JavaRDD<T> tasks) {
    SparkContext context = tasks.context();
    return learnsCores(context) ? tasks.withResources(ExecutorCores.wholeExecutor(context)) : tasks;
  }

  private static boolean learnsCores(SparkContext context) {
    return context.conf().get(LISTENERS, "").contains(ExecutorCores.class.getName());
  }

  /** With dynamic allocation another profile would mean other executors. */
  private static boolean coresAreUnknown(SparkConf conf) {
    return conf.get("spark.master", "").startsWith("spark://")
        && !conf.contains(TASK_CPUS)
        && !conf.contains(EXECUTOR_CORES)
        && !conf.getBoolean("spark.dynamicAllocation.enabled", false);
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
    return conf.getInt(EXECUTOR_CORES, 1);
  }
}
