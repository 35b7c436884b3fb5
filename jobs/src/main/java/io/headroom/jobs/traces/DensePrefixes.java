package io.headroom.jobs.traces;

import io.headroom.UserException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/**
 * The blocks that prompts begin with, numbered from 0 as they first occur. Blocks that a prompt
 * does not fill are left out: no engine keeps half a block.
 *
 * @param blocks by request; none if no request tells any
 * @param blockTokens tokens of a block, 0 if there are none
 * @param uncovered prompts whose blocks are fewer than they fill, or more than they begin
 */
record DensePrefixes(int[][] blocks, int blockTokens, int uncovered) {
  static final DensePrefixes NONE = new DensePrefixes(new int[0][], 0, 0);

  private static final String WHOLE_TRACE = "";

  /**
   * @param file for messages
   * @param rows of {@link Trace#HISTORY_SCHEMA}
   * @throws UserException if blocks differ in size
   */
  static DensePrefixes of(String file, List<Row> rows) {
    int blockTokens = blockTokens(file, rows);
    if (blockTokens == 0) {
      return NONE;
    }
    int[][] blocks = new int[rows.size()][];
    Map<String, Map<Long, Integer>> numbers = new HashMap<>();
    int next = 0;
    int uncovered = 0;
    for (int i = 0; i < blocks.length; i++) {
      Row row = rows.get(i);
      List<Long> ids = ids(row);
      int whole = row.getInt(2) / blockTokens;
      int begun = whole + (row.getInt(2) % blockTokens == 0 ? 0 : 1);
      uncovered += ids.size() < whole || ids.size() > begun ? 1 : 0;
      String scope = row.getAs("prefix_scope");
      Map<Long, Integer> known =
          numbers.computeIfAbsent(scope == null ? WHOLE_TRACE : scope, any -> new HashMap<>());
      blocks[i] = new int[Math.min(whole, ids.size())];
      for (int block = 0; block < blocks[i].length; block++) {
        Integer number = known.putIfAbsent(ids.get(block), next);
        blocks[i][block] = number == null ? next++ : number;
      }
    }
    return new DensePrefixes(blocks, blockTokens, uncovered);
  }

  private static int blockTokens(String file, List<Row> rows) {
    List<Integer> sizes =
        rows.stream()
            .map(row -> row.<Integer>getAs("prefix_block_tokens"))
            .filter(size -> size != null)
            .distinct()
            .sorted()
            .toList();
    if (sizes.size() > 1) {
      throw new UserException(
          "%s: blocks of prefixes must have one size in a trace: %d and %d tokens"
              .formatted(file, sizes.get(0), sizes.get(1)));
    }
    return sizes.isEmpty() ? 0 : sizes.get(0);
  }

  private static List<Long> ids(Row row) {
    int column = row.fieldIndex("prefix_ids");
    return row.isNullAt(column) ? List.of() : row.getList(column);
  }
}
