package io.headroom.jobs.report;

import io.headroom.UserException;
import io.headroom.jobs.deployments.DeploymentTables;
import io.headroom.jobs.results.Manifest;
import io.headroom.jobs.results.ResultsKind;
import io.headroom.jobs.results.WrittenResults;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The results of one plan.
 *
 * @param name tells it from the others of a report
 * @param path as the user named it
 * @param tables where the rows of each table lie, by {@link DeploymentTables}
 */
record PlanResults(String name, String path, Manifest manifest, Map<String, String> tables) {
  PlanResults {
    tables = Map.copyOf(tables);
  }

  /**
   * @throws UserException if a table is missing
   */
  static PlanResults read(String name, String path) {
    Map<String, String> tables = new LinkedHashMap<>();
    Manifest manifest = null;
    for (String table : PlanColumns.ALL.keySet()) {
      if (PlanColumns.MAY_LACK.contains(table)
          && !WrittenResults.hasTable(path, ResultsKind.PLAN, table)) {
        continue;
      }
      WrittenResults results =
          WrittenResults.read(path, ResultsKind.PLAN, DeploymentTables.SCHEMA_VERSION, table);
      tables.put(table, results.table());
      manifest = results.manifest();
    }
    return new PlanResults(name, path, manifest, tables);
  }

  /**
   * The rows of a table so far, in the columns of {@link PlanColumns}; none where it is lacking.
   */
  Dataset<Row> rows(SparkSession spark, String table) {
    if (!tables.containsKey(table)) {
      return spark.createDataFrame(List.of(), PlanColumns.ALL.get(table));
    }
    return spark.read().schema(PlanColumns.ALL.get(table)).parquet(tables.get(table));
  }
}
