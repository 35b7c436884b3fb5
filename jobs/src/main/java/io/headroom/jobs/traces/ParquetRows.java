package io.headroom.jobs.traces;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import io.headroom.MessageLine;
import io.headroom.UserException;
import io.headroom.workload.ArrivalUnit;
import io.headroom.workload.TraceHead;
import io.headroom.workload.TraceLineParser;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The rows of a Parquet file as the lines of JSON objects that they might have been: what holds for
 * names and values of those holds for them. Spark reads only the columns that are asked for.
 */
final class ParquetRows {
  private static final String BLOCK_START = "_metadata.file_block_start";

  private static final Map<String, String> TIMES =
      Map.of(
          "timestampFormat", "yyyy-MM-dd HH:mm:ss.SSSSSSXXX",
          "timestampNTZFormat", "yyyy-MM-dd HH:mm:ss.SSSSSS");

  /** Times of nanoseconds, which pandas writes, come as whole numbers instead of not at all. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "spark.sql.legacy.parquet.nanosAsLong", "true",
          "spark.sql.session.timeZone", "UTC");

  private ParquetRows() {}

  /**
   * @throws UserException if it is no whole Parquet file
   */
  static TraceHead head(String name, FileStatus file, Configuration hadoop) {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromStatus(file, hadoop))) {
      Map<String, Optional<ArrivalUnit>> columns = new LinkedHashMap<>();
      addColumns(reader.getFileMetaData().getSchema(), "", columns);
      return TraceHead.ofColumns(columns);
    } catch (IOException | RuntimeException e) {
      // The reader's word for a damaged file is one or the other.
      throw new UserException(
          "%s: no whole Parquet file: %s".formatted(name, MessageLine.first(e.getMessage())), e);
    }
  }

  private static void addColumns(
      GroupType group, String path, Map<String, Optional<ArrivalUnit>> columns) {
    for (Type column : group.getFields()) {
      columns.put(path + column.getName(), unit(column));
      boolean isObject = !column.isPrimitive() && column.getLogicalTypeAnnotation() == null;
      if (isObject) {
        addColumns(column.asGroupType(), path + column.getName() + ".", columns);
      }
    }
  }

  /** Of a column whose type says that it holds times. */
  private static Optional<ArrivalUnit> unit(Type column) {
    if (column.getLogicalTypeAnnotation() instanceof TimestampLogicalTypeAnnotation timestamp) {
      return Optional.of(
          timestamp.getUnit() == TimeUnit.NANOS ? ArrivalUnit.NANOSECONDS : ArrivalUnit.ISO_TIME);
    }
    boolean isOldTimestamp =
        column.isPrimitive()
            && column.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.INT96;
    return isOldTimestamp ? Optional.of(ArrivalUnit.ISO_TIME) : Optional.empty();
  }

  /** Rows of (JSON object, block start), of the columns that the parser reads. */
  static JavaRDD<Row> lines(
      SparkSession spark, TraceFile file, TraceLineParser parser, String mostBlockBytes) {
    SparkSession session = spark.newSession();
    SETTINGS.forEach(session.conf()::set);
    session.conf().set(TraceReader.MOST_BLOCK_BYTES, mostBlockBytes);
    List<String> inFile = file.head().fields();
    Column[] columns =
        parser.fields().stream()
            .filter(inFile::contains)
            .map(name -> column(name, inFile).as(name))
            .toArray(Column[]::new);
    return session
        .read()
        .parquet(file.sparkPath())
        .select(to_json(struct(columns), TIMES), col(BLOCK_START))
        .toJavaRDD();
  }

  /** Names may have blanks and dots; a dot may also lead into an object. */
  private static Column column(String name, List<String> inFile) {
    int dot = name.indexOf('.');
    boolean isPath = dot > 0 && inFile.contains(name.substring(0, dot));
    if (!isPath) {
      return col(quoted(name));
    }
    return col(
        Arrays.stream(name.split("\\.", -1))
            .map(ParquetRows::quoted)
            .collect(Collectors.joining(".")));
  }

  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
