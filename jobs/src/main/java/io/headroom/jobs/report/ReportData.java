package io.headroom.jobs.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.headroom.UserException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * What a page shows, aggregated: however many rows there are, it is of bounded size.
 *
 * @param json one object, without what would end a script element
 * @param rows of all folders
 * @param points of the charts
 */
record ReportData(String json, long rows, int points) {
  private static final ObjectMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /**
   * @throws UserException if tables cannot be read
   */
  static ReportData read(ReportFolders folders, SparkSession spark) {
    SweepData sweeps = SweepData.read(folders.sweeps(), spark);
    PlanData plans = PlanData.read(folders.plans(), spark);
    Map<String, Object> page = new LinkedHashMap<>(sweeps.page());
    page.put("plans", plans.page());
    return new ReportData(
        escaped(page), sweeps.rows() + plans.rows(), sweeps.points() + plans.points());
  }

  /** {@code <} could begin the end of a script element; in JSON it stands in strings alone. */
  private static String escaped(Map<String, Object> data) {
    try {
      return JSON.writeValueAsString(data).replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report is made of plain values", e);
    }
  }
}
