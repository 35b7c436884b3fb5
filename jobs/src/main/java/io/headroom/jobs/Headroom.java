package io.headroom.jobs;

/** The main class. */
public final class Headroom {
  private Headroom() {}

  public static void main(String[] arguments) {
    System.out.println(
        org.apache.spark.sql.SparkSession.builder().getOrCreate().range(100).count());
  }
}
