package io.headroom.jobs.measurements;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.log2;
import static org.apache.spark.sql.functions.pow;
import static org.apache.spark.sql.functions.round;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Whether figures stand at the lengths of the prompts, or at half octaves where they are many. */
public enum LengthBins {
  EXACT,
  HALF_OCTAVES;

  /** More lengths than these go together. */
  public static final int MOST_EXACT = 24;

  private static final String LENGTH = "prompt_tokens";

  /** One rule for all, so that their figures can be compared. */
  public static LengthBins of(List<Dataset<Row>> results) {
    Set<Integer> lengths = new TreeSet<>();
    for (Dataset<Row> rows : results) {
      rows.where(col(LENGTH).isNotNull())
          .select(LENGTH)
          .distinct()
          .limit(MOST_EXACT + 1)
          .collectAsList()
          .forEach(row -> lengths.add(row.getInt(0)));
    }
    return lengths.size() > MOST_EXACT ? HALF_OCTAVES : EXACT;
  }

  /** The length at which a row counts, in tokens: a power of the square root of 2, rounded. */
  public Column tokens() {
    if (this == EXACT) {
      return col(LENGTH);
    }
    Column halfOctave = round(log2(greatest(col(LENGTH), lit(1))).multiply(2));
    return round(pow(lit(2), halfOctave.divide(2))).cast("int");
  }
}
