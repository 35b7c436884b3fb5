package io.headroom.jobs.spark;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/**
 * Learns the cores of executors when they are there. A standalone master tells them no earlier:
 * unless {@code spark.executor.cores} says otherwise, an executor gets all of its worker. Spark
 * itself makes the listener, so that it hears of the first executor; a process has one application
 * at a time.
 */
public final class ExecutorCores extends SparkListener {
  /** By executor; guarded by itself, as {@link #wholeExecutor} is. */
  private static final Map<String, Integer> CORES = new HashMap<>();

  private static ResourceProfile wholeExecutor;

  /** Knows of no executor. */
  public ExecutorCores() {
    forget();
  }

  private static void forget() {
    synchronized (CORES) {
      CORES.clear();
      wholeExecutor = null;
    }
  }

  @Override
  public void onExecutorAdded(SparkListenerExecutorAdded added) {
    synchronized (CORES) {
      CORES.put(added.executorId(), added.executorInfo().totalCores());
      CORES.notifyAll();
    }
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
    synchronized (CORES) {
      CORES.remove(removed.executorId());
    }
  }

  /**
   * What a task asks for that wants an executor for itself: all cores of the smallest one that is
   * there when this is first asked. Waits for an executor, as any job does. Spark knows the
   * profile.
   */
  static ResourceProfile wholeExecutor(SparkContext context) {
    synchronized (CORES) {
      if (wholeExecutor != null) {
        return wholeExecutor;
      }
    }
    // Whoever waits for a cluster without free executors reads Spark's own warnings of it.
    JavaSparkContext.fromSparkContext(context).parallelize(List.of(0), 1).count();
    synchronized (CORES) {
      awaitFirst();
      int cores = CORES.values().stream().min(Integer::compare).orElseThrow();
      wholeExecutor =
          new ResourceProfileBuilder().require(new TaskResourceRequests().cpus(cores)).build();
      context.resourceProfileManager().addResourceProfile(wholeExecutor);
      return wholeExecutor;
    }
  }

  /** Spark tells of an executor before it runs tasks there, and listeners hear of it soon. */
  private static void awaitFirst() {
    try {
      while (CORES.isEmpty()) {
        CORES.wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for an executor", e);
    }
  }
}
