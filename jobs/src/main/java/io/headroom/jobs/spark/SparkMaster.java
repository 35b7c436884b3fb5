package io.headroom.jobs.spark;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;

/**
 * Where Spark runs, known before there are executors.
 *
 * @param url as {@code spark.master} has it
 */
record SparkMaster(String url) {
  static final String KEY = "spark.master";

  private static final String ALL_CORES = "local[*]";
  private static final Pattern LOCAL = Pattern.compile("local\\[(\\d+|\\*)(?:\\s*,\\s*\\d+)?]");
  private static final Pattern LOCAL_CLUSTER =
      Pattern.compile("local-cluster\\[\\s*\\d+\\s*,\\s*\\d+\\s*,\\s*(\\d+)\\s*]");

  /** All cores of this machine where nobody says otherwise. */
  static SparkMaster of(SparkConf conf) {
    return new SparkMaster(conf.get(KEY, ALL_CORES));
  }

  /** Whether driver and executor are one process. */
  boolean isLocal() {
    return url.equals("local") || url.startsWith("local[");
  }

  /** Cores of the one executor; of a local master. */
  int localCores() {
    Matcher local = LOCAL.matcher(url);
    if (!local.matches()) {
      return 1;
    }
    return local.group(1).equals("*")
        ? Runtime.getRuntime().availableProcessors()
        : Math.max(1, Integer.parseInt(local.group(1)));
  }

  /**
   * Whether a stage may ask for more cores a task than others. Spark's own list, of its {@code
   * ResourceProfileManager}: all but local masters and those that are not Spark's.
   */
  boolean knowsTaskProfiles() {
    return Stream.of("spark://", "local-cluster", "k8s://").anyMatch(url::startsWith)
        || url.equals("yarn");
  }

  /** Of a worker of a local cluster, in MiB. */
  Optional<String> workerMebibytes() {
    Matcher localCluster = LOCAL_CLUSTER.matcher(url);
    return localCluster.matches() ? Optional.of(localCluster.group(1)) : Optional.empty();
  }
}
