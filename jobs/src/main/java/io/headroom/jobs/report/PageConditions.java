package io.headroom.jobs.report;

import io.headroom.jobs.measurements.Axis;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the page tells what a configuration has beside model, heads and precision: the name of each
 * condition, what is usual of it, and how a value is said.
 */
final class PageConditions {
  private PageConditions() {}

  /** One map a condition, in the order of tables; the page's {@code data.js} reads it. */
  static List<Map<String, Object>> all() {
    return Axis.conditions().stream().map(PageConditions::described).toList();
  }

  private static Map<String, Object> described(Axis axis) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("columns", axis.columns());
    map.put("title", axis.words().replace("kv ", "KV "));
    switch (axis) {
      case KV_CACHE -> words(map, "cache ", "on");
      case WINDOW -> words(map, "window ", Axis.NONE);
      case ENGINE -> words(map, "", "vector");
      case THREADS -> counted(map, "thread");
      case CONTENTION -> number(map, "contention ");
      case CONTEXT_SHARDS -> counted(map, "context shard");
      case MODEL, VARIANT, KV_HEADS, KV_PRECISION ->
          throw new IllegalArgumentException(axis + " is no condition");
    }
    return map;
  }

  /** Words after others; one of them is usual. */
  private static void words(Map<String, Object> map, String before, String usual) {
    map.put("before", before);
    map.put("usual", usual);
  }

  /** A number after words; the least is usual. */
  private static void number(Map<String, Object> map, String before) {
    map.put("before", before);
  }

  /** A number of things; the fewest are usual. */
  private static void counted(Map<String, Object> map, String noun) {
    map.put("noun", noun);
  }
}
