package io.headroom.jobs.measurements;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;

/**
 * What fewer KV heads cost and save against the most of the same model, precision and conditions,
 * at the longest prompt that those were measured at.
 */
public final class HeadComparisons {
  /** The variant of the most KV heads; null where nothing is compared. */
  public static final String VARIANT = "compared_variant";

  /** Of the KV bytes, a fraction. */
  public static final String KV_BYTES_SHARE = "kv_bytes_share";

  /** Of the prefill time, a fraction. */
  public static final String PREFILL_SHARE = "prefill_share";

  /** Of the time of a decoded token, a fraction. */
  public static final String DECODE_SHARE = "decode_share";

  private static final String MOST = "most_kv_heads";

  private HeadComparisons() {}

  /**
   * The figures with the columns above. They are null on the lines of the most KV heads themselves,
   * at other lengths, and where as many bytes are kept.
   *
   * @param figures a row for each configuration and length: the columns of all axes, {@code
   *     prompt_tokens}, {@code kv_bytes_per_token}, {@code kv_bytes} and those of {@link
   *     QuietTimes}; the share of a time is null where that is
   */
  public static Dataset<Row> with(Dataset<Row> figures) {
    Column[] otherwiseSame =
        Axis.columnsBeside(Axis.Kind.HEADS).stream().map(functions::col).toArray(Column[]::new);
    // The largest has the most heads; among those the most bytes, and of that the longest prompt.
    Column most =
        max(struct(
                col("kv_heads"),
                col("kv_bytes_per_token"),
                col("prompt_tokens"),
                col("variant"),
                col("kv_bytes"),
                col(QuietTimes.PREFILL),
                col(QuietTimes.DECODE)))
            .over(Window.partitionBy(otherwiseSame));
    Column isCompared =
        col("prompt_tokens")
            .equalTo(ofMost("prompt_tokens"))
            .and(col("kv_bytes_per_token").lt(ofMost("kv_bytes_per_token")));
    return figures
        .withColumn(MOST, most)
        .withColumn(VARIANT, when(isCompared, ofMost("variant")))
        .withColumn(KV_BYTES_SHARE, share(isCompared, "kv_bytes"))
        .withColumn(PREFILL_SHARE, share(isCompared, QuietTimes.PREFILL))
        .withColumn(DECODE_SHARE, share(isCompared, QuietTimes.DECODE))
        .drop(MOST);
  }

  private static Column share(Column isCompared, String figure) {
    return when(isCompared.and(ofMost(figure).gt(0)), col(figure).divide(ofMost(figure)));
  }

  private static Column ofMost(String figure) {
    return col(MOST).getField(figure);
  }
}
