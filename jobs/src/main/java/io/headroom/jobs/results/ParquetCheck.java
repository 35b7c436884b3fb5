package io.headroom.jobs.results;

import io.headroom.MessageLine;
import io.headroom.UserException;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.execution.datasources.parquet.ParquetToSparkSchemaConverter;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Reads Parquet files to their end and says what is wrong with them. */
final class ParquetCheck {
  private final Configuration configuration;
  private final TableColumns columns;
  private final ResultsKind kind;

  ParquetCheck(Configuration configuration, TableColumns columns, ResultsKind kind) {
    this.configuration = configuration;
    this.columns = columns;
    this.kind = kind;
  }

  /**
   * @throws UserException if the file is damaged, no Parquet file, or has other columns
   */
  void require(FileStatus file) {
    Optional<String> fault = file.getLen() == 0 ? Optional.of("is empty") : fault(file);
    if (fault.isPresent()) {
      throw new UserException(
          "%s: %s; remove it: --resume %s again what it may have held"
              .formatted(FilePaths.plain(file.getPath()), fault.get(), kind.verb()));
    }
  }

  private Optional<String> fault(FileStatus file) {
    ParquetReadOptions options =
        HadoopReadOptions.builder(configuration, file.getPath())
            .usePageChecksumVerification(true)
            .build();
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromStatus(file, configuration), options)) {
      StructType found =
          new ParquetToSparkSchemaConverter(new SQLConf())
              .convert(reader.getFileMetaData().getSchema());
      Optional<String> otherColumns = difference(found);
      if (otherColumns.isEmpty()) {
        readPages(reader);
      }
      return otherColumns;
    } catch (IOException | RuntimeException e) {
      // The reader's word for a damaged file is one or the other.
      return Optional.of("is no whole Parquet file: " + MessageLine.first(e.getMessage()));
    }
  }

  /** The reader compares each page with its checksum. */
  private static void readPages(ParquetFileReader reader) throws IOException {
    PageReadStore rowGroup = reader.readNextRowGroup();
    while (rowGroup != null) {
      rowGroup.close();
      rowGroup = reader.readNextRowGroup();
    }
  }

  private Optional<String> difference(StructType found) {
    for (StructField column : columns.all().fields()) {
      Optional<StructField> same = field(found, column.name());
      if (same.isEmpty() && columns.added().contains(column.name())) {
        continue;
      }
      if (same.isEmpty()) {
        return Optional.of("lacks the column " + column.name());
      }
      if (!same.get().dataType().equals(column.dataType())) {
        return Optional.of(
            "its column %s is %s; allowed: %s"
                .formatted(
                    column.name(),
                    same.get().dataType().simpleString(),
                    column.dataType().simpleString()));
      }
    }
    for (StructField column : found.fields()) {
      if (field(columns.all(), column.name()).isEmpty()) {
        return Optional.of("has an unknown column " + column.name());
      }
    }
    return Optional.empty();
  }

  private static Optional<StructField> field(StructType columns, String name) {
    for (StructField column : columns.fields()) {
      if (column.name().equals(name)) {
        return Optional.of(column);
      }
    }
    return Optional.empty();
  }
}
