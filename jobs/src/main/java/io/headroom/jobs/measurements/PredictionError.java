package io.headroom.jobs.measurements;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.percentile;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How far {@code predicted_ns} was from what a pass took, as a fraction of it; the manifest of a
 * sweep has it.
 *
 * @param median null where nothing was measured
 * @param p90 null where nothing was measured
 */
public record PredictionError(
    @JsonProperty("prediction_error_p50") Double median,
    @JsonProperty("prediction_error_p90") Double p90) {

  /**
   * @param measurements in the columns of {@link MeasurementTable}
   */
  public static PredictionError read(Dataset<Row> measurements) {
    Column error = abs(col("predicted_ns").divide(PassTime.nanos()).minus(1));
    Row row =
        measurements
            .where(col("status").equalTo(Status.OK.label()))
            .agg(percentile(error, lit(0.5)), percentile(error, lit(0.9)))
            .first();
    return new PredictionError((Double) row.get(0), (Double) row.get(1));
  }
}
