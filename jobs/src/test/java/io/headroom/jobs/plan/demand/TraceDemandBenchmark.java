package io.headroom.jobs.plan.demand;

import io.headroom.jobs.traces.Trace;
import io.headroom.jobs.traces.TraceReader;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;

/**
 * How long a trace takes from its file to the accelerators of every minute, on two cores:
 *
 * <pre>{@code
 * java -Xmx1g ... WeekOfRequests AzureLLMInferenceTrace_conv.csv week.csv 27000000 42
 * java -Xmx1g ... TraceDemandBenchmark week.csv
 * }</pre>
 *
 * <p>with the classes of core and jobs, those of the tests and {@code jobs/target/spark/jars/*} on
 * the class path, and the options that Spark's launcher gives a JVM ({@code spark.java.options} of
 * jobs/pom.xml). The last line tells rows apart: it must stay the same whatever the blocks are.
 */
public final class TraceDemandBenchmark {
  private static final DemandModel LLAMA_3_1_8B =
      new DemandModel(500, 30, 131_072, 0, 50e9, 15, 0.02, 1.5, 1);

  private TraceDemandBenchmark() {}

  public static void main(String[] arguments) {
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("demand")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.enabled", "false")
            .getOrCreate();
    long start = System.nanoTime();
    Trace trace = new TraceReader(spark).read(arguments[0]);
    long checked = System.nanoTime();
    TraceDemand demand = TraceDemand.of(trace, LLAMA_3_1_8B);
    long counted = System.nanoTime();
    System.out.printf(
        Locale.ROOT,
        "%d requests, %d minutes: checked in %.1f s, counted in %.1f s%n",
        trace.counts().used(),
        demand.minutes().size(),
        (checked - start) / 1e9,
        (counted - checked) / 1e9);
    System.out.println("rows " + demand.minutes().hashCode());
    spark.stop();
  }
}
