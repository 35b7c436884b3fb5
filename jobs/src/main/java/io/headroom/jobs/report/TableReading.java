package io.headroom.jobs.report;

import io.headroom.MessageLine;
import io.headroom.UserException;
import java.util.List;
import java.util.function.Supplier;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.spark.SparkThrowable;

/** Reads tables by Spark, whose damaged files are the user's to know of. */
final class TableReading {
  private TableReading() {}

  /**
   * What reading gives.
   *
   * @param what is read, as a message calls it
   * @param paths of the folders, as the user named them
   * @throws UserException if a file cannot be read
   */
  static <T> T of(String what, List<String> paths, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (Exception e) {
      // Spark throws checked exceptions that it does not declare, and wraps what it could not read.
      throw ExceptionUtils.getThrowableList(e).stream()
          .filter(TableReading::isUnreadableFile)
          .findFirst()
          .<RuntimeException>map(
              cause ->
                  new UserException(
                      "%s: %s cannot be read: %s"
                          .formatted(
                              String.join(", ", paths),
                              what,
                              MessageLine.first(cause.getMessage())),
                      e))
          .orElseGet(() -> ExceptionUtils.<RuntimeException>rethrow(e));
    }
  }

  private static boolean isUnreadableFile(Throwable cause) {
    return cause instanceof SparkThrowable fault
        && String.valueOf(fault.getCondition()).startsWith("FAILED_READ_FILE");
  }
}
