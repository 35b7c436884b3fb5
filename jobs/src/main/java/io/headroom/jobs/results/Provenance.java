package io.headroom.jobs.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.headroom.host.Environment;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * What results were made with: a part of every {@link Manifest}. What a manifest does not say is
 * null.
 *
 * @param configuration all settings, defaults included, from which the run can be repeated: maps,
 *     lists and plain values
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Provenance(
    String headroomVersion,
    String gitCommit,
    String sparkVersion,
    String sparkMaster,
    Environment driver,
    Map<String, Object> configuration) {

  /** What a manifest says that says nothing of it. */
  static final Provenance UNKNOWN = new Provenance(null, null, null, null, null, null);

  /** Of what runs now. */
  public static Provenance of(
      String headroomVersion,
      String gitCommit,
      SparkSession spark,
      Map<String, Object> configuration) {
    return new Provenance(
        headroomVersion,
        gitCommit,
        spark.version(),
        spark.sparkContext().master(),
        Environment.current(),
        configuration);
  }
}
