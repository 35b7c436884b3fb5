package io.headroom.jobs.results;

import io.headroom.UserException;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Results that a run has written, for a command that reads them.
 *
 * @param table where the rows of the table that was asked for lie
 */
public record WrittenResults(Manifest manifest, String table) {

  /**
   * @param path of the folder, as the user named it
   * @param schemaVersion the version of the table's columns that is read
   * @throws UserException if it does not hold such results
   */
  public static WrittenResults read(
      String path, ResultsKind kind, int schemaVersion, String tableName) {
    ResultsFolder folder = ResultsFolder.at(path, kind);
    if (!folder.exists()) {
      throw new UserException("%s: no such folder".formatted(path));
    }
    Manifest manifest =
        folder.manifest().orElseThrow(() -> lacks(path, ResultsFolder.MANIFEST, kind));
    Integer version = manifest.run().schemaVersion();
    if (version == null || version != schemaVersion) {
      throw new UserException(
          "%s: manifest.json: schema_version = %s; allowed: %d, as %ss of this version write it"
              .formatted(path, version == null ? "missing" : version, schemaVersion, kind.label()));
    }
    String table = folder.table(tableName).orElseThrow(() -> lacks(path, tableName, kind));
    return new WrittenResults(manifest, table);
  }

  /**
   * Whether there is a table, which results of some versions lack.
   *
   * @param path of a folder that holds results
   */
  public static boolean hasTable(String path, ResultsKind kind, String tableName) {
    return ResultsFolder.at(path, kind).table(tableName).isPresent();
  }

  /**
   * What a folder holds, for a command that reads every kind of results.
   *
   * @param path of the folder, as the user named it
   * @throws UserException if it holds no results
   */
  public static ResultsKind kind(String path) {
    ResultsFolder folder = ResultsFolder.at(path, ResultsKind.SWEEP);
    if (!folder.exists()) {
      throw new UserException("%s: no such folder".formatted(path));
    }
    String kinds =
        Arrays.stream(ResultsKind.values())
            .map(kind -> "a " + kind.label())
            .collect(Collectors.joining(" or "));
    return folder
        .writtenKind()
        .orElseThrow(
            () ->
                new UserException(
                    "%s: holds no %s; allowed: the results of %s"
                        .formatted(path, ResultsFolder.MANIFEST, kinds)));
  }

  private static UserException lacks(String path, String name, ResultsKind kind) {
    return new UserException(
        "%s: holds no %s; allowed: the results of a %s".formatted(path, name, kind.label()));
  }
}
