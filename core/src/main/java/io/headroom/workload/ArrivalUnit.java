package io.headroom.workload;

import java.time.DateTimeException;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a trace writes when a request arrived. */
public enum ArrivalUnit {
  SECONDS("s", "a number of seconds, at least 0", 1_000_000_000L),
  MILLISECONDS("ms", "a number of milliseconds, at least 0", 1_000_000L),
  MICROSECONDS("us", "a number of microseconds, at least 0", 1_000L),
  NANOSECONDS("ns", "a number of nanoseconds, at least 0", 1L),
  /**
   * Date and time of day, in UTC unless an offset is given, or the milliseconds since 1970 in 13
   * digits, which can be nothing else.
   */
  ISO_TIME(
      "iso",
      "a time from 1970 to 2261 such as 2023-11-16 18:15:46.6805900 or 2024-05-10 00:00:00+00:00",
      0);

  private final String label;
  private final String expected;
  private final long nanosPerUnit;

  ArrivalUnit(String label, String expected, long nanosPerUnit) {
    this.label = label;
    this.expected = expected;
    this.nanosPerUnit = nanosPerUnit;
  }

  /**
   * The name that configurations use: {@code s}, {@code ms}, {@code us}, {@code ns}, {@code iso}.
   */
  public String label() {
    return label;
  }

  public static Optional<ArrivalUnit> named(String label) {
    return Arrays.stream(values()).filter(unit -> unit.label.equals(label)).findFirst();
  }

  /** The allowed names, for messages: {@code s, ms, us, ns, iso}. */
  public static String labels() {
    return Arrays.stream(values()).map(ArrivalUnit::label).collect(Collectors.joining(", "));
  }

  /** What a value must be, for messages. */
  String expected() {
    return expected;
  }

  /** Whether values are plain numbers. */
  boolean isNumber() {
    return this != ISO_TIME;
  }

  /**
   * @throws DateTimeException if it is no such time
   * @throws NumberFormatException if it is no such number
   */
  long nanos(String text) {
    return this == ISO_TIME
        ? ArrivalNanos.ofWallClock(text)
        : ArrivalNanos.ofDecimal(text, nanosPerUnit);
  }
}
