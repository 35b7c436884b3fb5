package io.headroom.jobs.measurements;

import static org.apache.spark.sql.functions.col;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/**
 * What tells the configurations of a sweep apart, and the one list of it: tables, summary,
 * comparisons, reports and notebooks read it. Their order is that of tables.
 */
public enum Axis {
  MODEL(Kind.MODEL, "model", "model"),
  VARIANT(Kind.HEADS, "variant", "variant"),
  KV_HEADS(Kind.HEADS, "kv heads", "kv_heads"),
  KV_PRECISION(Kind.PRECISION, "precision", "kv_precision"),
  KV_CACHE(Kind.ATTENTION, "cache", "kv_cache"),
  WINDOW(Kind.ATTENTION, "window", "window", "sinks"),
  ENGINE(Kind.HOST, "engine", "engine"),
  THREADS(Kind.HOST, "threads", "threads"),
  CONTENTION(Kind.HOST, "contention", "contention"),
  CONTEXT_SHARDS(Kind.HOST, "context shards", "context_shards");

  /** What an axis is about. */
  public enum Kind {
    MODEL,
    /** How many KV heads there are, and what that is called. */
    HEADS,
    PRECISION,
    /** How a layer attends. */
    ATTENTION,
    /** What computes it. */
    HOST
  }

  /** The value of an axis that asks for nothing, such as no window. */
  public static final String NONE = "none";

  /** From what is outside of a table of lines to what is inside. */
  private static final List<Kind> NESTED =
      List.of(Kind.MODEL, Kind.HOST, Kind.ATTENTION, Kind.HEADS, Kind.PRECISION);

  private static final String SEPARATOR = " ";

  private final Kind kind;
  private final String title;

  /** Their names in one text, for a list could change. */
  private final String columns;

  Axis(Kind kind, String title, String... columns) {
    this.kind = kind;
    this.title = title;
    this.columns = String.join(SEPARATOR, columns);
  }

  public Kind kind() {
    return kind;
  }

  /** Of a column of a plan, short. */
  public String title() {
    return title;
  }

  /** The columns of {@link MeasurementTable} that hold it, the one that names it first. */
  public List<String> columns() {
    return List.of(columns.split(SEPARATOR));
  }

  /** The first of its columns as words: {@code kv cache}. */
  public String words() {
    return columns().get(0).replace('_', ' ');
  }

  /** Whether tables leave it out where all lines have the same: it is not what sweeps are about. */
  public boolean isCondition() {
    return kind == Kind.ATTENTION || kind == Kind.HOST;
  }

  /**
   * Its value in words. That of several columns is {@code 1024+4}, or {@link #NONE} where the first
   * is 0.
   *
   * @param values gives the value of a column
   */
  public String text(Function<String, Object> values) {
    List<String> texts =
        columns().stream().map(column -> String.valueOf(values.apply(column))).toList();
    return texts.size() > 1 && texts.get(0).equals("0") ? NONE : String.join("+", texts);
  }

  /** The conditions of a sweep, in the order of tables. */
  public static List<Axis> conditions() {
    return Arrays.stream(values()).filter(Axis::isCondition).toList();
  }

  /** The columns of all axes. */
  public static List<String> allColumns() {
    return columns(Arrays.stream(values()));
  }

  /** The columns of all axes but those of one kind. */
  public static List<String> columnsBeside(Kind kind) {
    return columns(Arrays.stream(values()).filter(axis -> axis.kind != kind));
  }

  /** The columns of all axes but one. */
  public static List<String> columnsBeside(Axis one) {
    return columns(Arrays.stream(values()).filter(axis -> axis != one));
  }

  private static List<String> columns(Stream<Axis> axes) {
    return axes.flatMap(axis -> axis.columns().stream()).toList();
  }

  /**
   * Sorts lines so that those that differ in their heads alone stand together: first what is most.
   *
   * @param among columns that decide between the same heads, before the precision does
   */
  public static Stream<Column> nested(Column... among) {
    return NESTED.stream().flatMap(kind -> ordered(kind, among));
  }

  /**
   * Sorts lines by model, heads and precision, and then by the conditions.
   *
   * @param among columns that decide between the same heads, before the precision does
   */
  public static Stream<Column> byHeads(Column... among) {
    return Stream.of(Kind.MODEL, Kind.HEADS, Kind.PRECISION, Kind.ATTENTION, Kind.HOST)
        .flatMap(kind -> ordered(kind, among));
  }

  private static Stream<Column> ordered(Kind kind, Column... among) {
    // Heads by their number: their names follow from it but where layers differ otherwise.
    if (kind == Kind.HEADS) {
      return Stream.of(
              Stream.of(col(KV_HEADS.columns().get(0)).desc()),
              Arrays.stream(among),
              Stream.of(col(VARIANT.columns().get(0))))
          .flatMap(columns -> columns);
    }
    return Arrays.stream(values()).filter(axis -> axis.kind == kind).flatMap(Axis::order);
  }

  private Stream<Column> order() {
    // On before off.
    return this == KV_CACHE
        ? Stream.of(col(columns().get(0)).desc())
        : columns().stream().map(functions::col);
  }
}
