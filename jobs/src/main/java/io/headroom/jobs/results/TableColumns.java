package io.headroom.jobs.results;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of a table that grows.
 *
 * @param key those that tell its rows apart
 * @param added those that came when there were files of it already: these may lack them, and their
 *     rows have null there
 */
public record TableColumns(StructType all, List<String> key, Set<String> added) {
  public TableColumns {
    Objects.requireNonNull(all, "all");
    key = List.copyOf(key);
    added = Set.copyOf(added);
  }
}
