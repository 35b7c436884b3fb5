package io.headroom.jobs.calibrate;

import static org.apache.spark.sql.functions.col;

import io.headroom.MessageLine;
import io.headroom.UserException;
import io.headroom.jobs.spark.SparkJobs;
import io.headroom.plan.accelerator.DataSheet;
import io.headroom.plan.accelerator.KernelCall;
import io.headroom.plan.accelerator.KernelFamily;
import io.headroom.plan.accelerator.KernelPhysics;
import io.headroom.plan.accelerator.MeasuredCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/** The measured tables of one accelerator: {@code NAME-generation.parquet} and its like. */
final class MeasuredTables {
  private static final String LATENCY = "latency";

  private static final List<String> PROVENANCE = List.of("source", "path", "commit", "licence");

  /** In a fixed order, whatever the order of the file. */
  static final Comparator<MeasuredCall> BY_SHAPE =
      Comparator.comparing((MeasuredCall measured) -> measured.call().texts().toString())
          .thenComparing(measured -> measured.call().numbers(), Arrays::compare)
          .thenComparing(MeasuredCall::millis);

  private MeasuredTables() {}

  /**
   * Every table of the accelerator that the folder has.
   *
   * @throws UserException if it has none, or one cannot be right
   */
  static SortedMap<KernelFamily, List<MeasuredCall>> read(
      Path folder, String accelerator, SparkSession spark) {
    SortedMap<KernelFamily, List<MeasuredCall>> tables = new TreeMap<>();
    for (KernelFamily family : KernelFamily.values()) {
      Path file = file(folder, accelerator, family);
      if (Files.exists(file)) {
        List<MeasuredCall> measured = read(file, family, spark);
        DataSheet.named(accelerator)
            .ifPresent(sheet -> TableUnits.require(file, family, measured, sheet));
        tables.put(family, measured);
      }
    }
    if (tables.isEmpty()) {
      throw new UserException(
          "--measurements: no table of the accelerator; needed: one of %s, or a sweep's results: %s"
              .formatted(
                  Arrays.stream(KernelFamily.values())
                      .map(family -> file(folder, accelerator, family).getFileName())
                      .toList(),
                  folder));
    }
    return tables;
  }

  /** Whether the folder has a table of the accelerator. */
  static boolean has(Path folder, String accelerator) {
    return Arrays.stream(KernelFamily.values())
        .anyMatch(family -> Files.exists(file(folder, accelerator, family)));
  }

  /**
   * @param option that names the accelerator
   * @throws UserException if its data sheet is not known
   */
  static DataSheet sheet(String option, String accelerator) {
    return DataSheet.named(accelerator)
        .orElseThrow(
            () ->
                new UserException(
                    "%s: no data sheet of it; known: %s: %s"
                        .formatted(option, DataSheet.knownNames(), accelerator)));
  }

  /**
   * A few measured rows, of the family that the end of the file's name says.
   *
   * @throws UserException if it says none, or the rows cannot be right
   */
  static Map.Entry<KernelFamily, List<MeasuredCall>> probe(
      Path file, DataSheet sheet, SparkSession spark) {
    String name = file.getFileName().toString();
    KernelFamily family =
        Arrays.stream(KernelFamily.values())
            .filter(one -> name.endsWith("-%s.parquet".formatted(one.ending())))
            .max(Comparator.comparingInt(one -> one.ending().length()))
            .orElseThrow(
                () ->
                    new UserException(
                        "--probe: must end with one of %s: %s"
                            .formatted(
                                Arrays.stream(KernelFamily.values())
                                    .map(one -> "-%s.parquet".formatted(one.ending()))
                                    .toList(),
                                file)));
    if (!Files.exists(file)) {
      throw new UserException("--probe: no such file: " + file);
    }
    List<MeasuredCall> measured = read(file, family, spark);
    TableUnits.require(file, family, measured, sheet);
    return Map.entry(family, measured);
  }

  /** Of every table what it says of itself: source, path, commit and licence. */
  static SortedMap<String, String> provenance(Path folder, String accelerator) {
    SortedMap<String, String> provenance = new TreeMap<>();
    for (KernelFamily family : KernelFamily.values()) {
      Path file = file(folder, accelerator, family);
      if (Files.exists(file)) {
        provenance.put(family.label(), provenance(file));
      }
    }
    return provenance;
  }

  private static String provenance(Path file) {
    if (Files.isDirectory(file)) {
      return file.getFileName() + ", which names no source";
    }
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(
                new org.apache.hadoop.fs.Path(file.toUri()), new Configuration()))) {
      Map<String, String> said = reader.getFileMetaData().getKeyValueMetaData();
      String known =
          PROVENANCE.stream()
              .filter(said::containsKey)
              .map(key -> "%s: %s".formatted(key, said.get(key)))
              .collect(Collectors.joining("; "));
      return known.isEmpty() ? file.getFileName() + ", which names no source" : known;
    } catch (IOException e) {
      throw new UserException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static Path file(Path folder, String accelerator, KernelFamily family) {
    return folder.resolve("%s-%s.parquet".formatted(accelerator, family.ending()));
  }

  private static List<MeasuredCall> read(Path file, KernelFamily family, SparkSession spark) {
    KernelPhysics physics = family.physics();
    List<Row> rows =
        SparkJobs.described(spark, "read " + file.getFileName(), () -> rows(file, physics, spark));
    if (rows.isEmpty()) {
      throw new UserException(file + ": no rows");
    }
    return rows.stream().map(row -> measured(row, file, physics)).sorted(BY_SHAPE).toList();
  }

  private static List<Row> rows(Path file, KernelPhysics physics, SparkSession spark) {
    try {
      Dataset<Row> table = spark.read().parquet(file.toString());
      List<Column> columns = new ArrayList<>();
      for (String text : physics.texts()) {
        columns.add(text(table.schema(), text, file, physics));
      }
      for (String number : physics.numbers()) {
        columns.add(number(table.schema(), number, file, physics.whereMissing(number)));
      }
      columns.add(number(table.schema(), LATENCY, file, Double.NaN));
      return table.select(columns.toArray(Column[]::new)).collectAsList();
    } catch (UserException e) {
      throw e;
    } catch (Exception e) {
      // Spark's own exceptions are checked ones that no signature names.
      throw new UserException(
          "%s: no whole Parquet file: %s".formatted(file, MessageLine.first(e.getMessage())), e);
    }
  }

  private static Column text(StructType schema, String name, Path file, KernelPhysics physics) {
    Optional<String> otherwise = physics.textWhereMissing(name);
    if (!Arrays.asList(schema.fieldNames()).contains(name)) {
      return functions.lit(otherwise.orElseThrow(() -> missing(file, name))).as(name);
    }
    if (!(schema.apply(name).dataType() instanceof StringType)) {
      throw new UserException(
          "%s: column %s must hold text: %s"
              .formatted(file, name, schema.apply(name).dataType().simpleString()));
    }
    return col(name);
  }

  private static Column number(StructType schema, String name, Path file, double otherwise) {
    if (!Arrays.asList(schema.fieldNames()).contains(name)) {
      if (Double.isNaN(otherwise)) {
        throw missing(file, name);
      }
      return functions.lit(otherwise).as(name);
    }
    if (!(schema.apply(name).dataType() instanceof NumericType)) {
      throw new UserException(
          "%s: column %s must hold numbers: %s"
              .formatted(file, name, schema.apply(name).dataType().simpleString()));
    }
    return col(name).cast("double").as(name);
  }

  private static UserException missing(Path file, String column) {
    return new UserException("%s: column %s is missing".formatted(file, column));
  }

  private static MeasuredCall measured(Row row, Path file, KernelPhysics physics) {
    int texts = physics.texts().size();
    int numbers = physics.numbers().size();
    for (int i = 0; i < row.length(); i++) {
      if (row.isNullAt(i)) {
        throw wrong(file, row.schema().fieldNames()[i], "must have a value in every row", row);
      }
    }
    for (int i = texts; i < row.length(); i++) {
      String name = row.schema().fieldNames()[i];
      double value = row.getDouble(i);
      boolean mayBeZero = physics.whereMissing(name) == 0 || name.equals("step");
      if (!Double.isFinite(value) || value < 0 || (value == 0 && !mayBeZero)) {
        throw wrong(file, name, "must be a number above 0", row);
      }
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < texts; i++) {
      names.add(row.getString(i));
    }
    double[] values = new double[numbers];
    for (int i = 0; i < numbers; i++) {
      values[i] = row.getDouble(texts + i);
    }
    KernelCall call = new KernelCall(names, values);
    try {
      physics.requireKnownTypes(call);
    } catch (UserException e) {
      throw new UserException("%s: %s".formatted(file, e.getMessage()), e);
    }
    return new MeasuredCall(call, row.getDouble(texts + numbers));
  }

  private static UserException wrong(Path file, String column, String allowed, Row row) {
    return new UserException("%s: column %s %s: %s".formatted(file, column, allowed, row.json()));
  }
}
