package io.headroom.jobs.spark;

import io.headroom.UserException;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.sql.SparkSession;

/**
 * Spark to measure in. A task that measures has its executor for itself, for one beside it would
 * disturb it. On a cluster the stages that measure ask for whole executors, and all other tasks
 * have one core. Spark does not allow that to a local master, nor, with the same executors, under
 * dynamic allocation: there every task has a whole executor. Where the user set {@code
 * spark.task.cpus}, every task has so many cores.
 */
public final class MeasuringSpark {
  private static final String TASK_CPUS = "spark.task.cpus";
  private static final String SPECULATION = "spark.speculation";
  private static final String EXECUTOR_CORES = "spark.executor.cores";
  private static final String REGISTERED_RATIO = "spark.scheduler.minRegisteredResourcesRatio";
  private static final String LISTENERS = "spark.extraListeners";

  private MeasuringSpark() {}

  /**
   * Starts a session, unless there is one already: that is returned as it is. Spark waits some time
   * for the executors that were asked for.
   *
   * @throws UserException if {@link #requireExclusive} finds fault with the configuration
   */
  static SparkSession start(String name) {
    SparkConf conf = new SparkConf();
    requireExclusive(conf);
    SparkSession.Builder builder = AnalysingSpark.builder(name, conf);
    if (stagesAsk(conf)) {
      String listeners = conf.get(LISTENERS, "");
      String learning = ExecutorCores.class.getName();
      builder.config(LISTENERS, listeners.isEmpty() ? learning : listeners + "," + learning);
    } else {
      builder.config(TASK_CPUS, taskCores(conf));
    }
    if (!conf.contains(REGISTERED_RATIO)) {
      builder.config(REGISTERED_RATIO, "1");
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

  /**
   * Whether what is to be measured is better read in a session of its own, since in this kind one
   * task would read at a time. On a cluster that would be a second application, which may wait for
   * executors that others have.
   */
  static boolean readsTaskByTask(SparkConf conf) {
    return SparkMaster.of(conf).isLocal() && !conf.contains(TASK_CPUS) && taskCores(conf) > 1;
  }

  /** Tasks that measure at once on the executors that are there now; 0 before the first came. */
  public static int slots(SparkSession spark) {
    SparkContext context = spark.sparkContext();
    // Unlike the default parallelism, which is never below 2.
    return context.maxNumConcurrentTasks(
        stagesAsked(context)
            ? ExecutorCores.wholeExecutor(context)
            : context.resourceProfileManager().defaultResourceProfile());
  }

  /** Has each task take a whole executor, where {@code spark.task.cpus} does not say so already. */
  public static <T> JavaRDD<T> exclusive(JavaRDD<T> tasks) {
    SparkContext context = tasks.context();
    if (!stagesAsked(context)) {
      return tasks;
    }
    ResourceProfile wholeExecutor = ExecutorCores.wholeExecutor(context);
    return tasks.withResources(wholeExecutor);
  }

  /** Whether {@link #start} made it so. */
  private static boolean stagesAsked(SparkContext context) {
    return context.conf().get(LISTENERS, "").contains(ExecutorCores.class.getName());
  }

  /** With dynamic allocation another profile would mean other executors. */
  private static boolean stagesAsk(SparkConf conf) {
    return SparkMaster.of(conf).knowsTaskProfiles()
        && !conf.contains(TASK_CPUS)
        && !conf.getBoolean("spark.dynamicAllocation.enabled", false);
  }

  /** Of every task, where stages do not ask. */
  private static int taskCores(SparkConf conf) {
    SparkMaster master = SparkMaster.of(conf);
    int executorCores = master.isLocal() ? master.localCores() : conf.getInt(EXECUTOR_CORES, 1);
    return conf.getInt(TASK_CPUS, executorCores);
  }
}
