package io.headroom.workload;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import org.apache.commons.lang3.CharUtils;

/** Arrival times as texts, read into whole nanoseconds without passing through floating point. */
final class ArrivalNanos {
  private static final long NANOS_PER_MILLISECOND = 1_000_000L;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private static final long SECONDS_PER_DAY = 86_400L;
  private static final int FIRST_YEAR = 1970;
  private static final int LAST_YEAR = 2261;
  private static final int SECONDS_END = 19;
  private static final int FRACTION_DIGITS = 9;
  private static final int LONGEST_NUMBER = 64;
  private static final int MOST_WHOLE_DIGITS = 19;
  private static final int EPOCH_MILLISECOND_DIGITS = 13;

  private ArrivalNanos() {}

  /**
   * Nanoseconds since 1970 of a time as {@link #ofDateTime} reads it, or of milliseconds since 1970
   * in 13 digits (from 2001 on), with a fraction or without.
   *
   * @throws DateTimeException if it is no such time
   * @throws NumberFormatException if digits are not digits, or too large for 64 bits of nanoseconds
   */
  static long ofWallClock(String text) {
    return isEpochMilliseconds(text) ? ofDecimal(text, NANOS_PER_MILLISECOND) : ofDateTime(text);
  }

  private static boolean isEpochMilliseconds(String text) {
    int digits = 0;
    while (digits < text.length() && CharUtils.isAsciiNumeric(text.charAt(digits))) {
      digits++;
    }
    return digits == EPOCH_MILLISECOND_DIGITS
        && (digits == text.length() || text.charAt(digits) == '.');
  }

  /**
   * Nanoseconds since 1970 of {@code 2023-11-16 18:15:46}, with a fraction of up to 9 digits or
   * none, and with {@code Z}, an offset such as {@code +00:00}, or nothing, which means UTC. {@code
   * java.time}'s formatters read the same, several times slower.
   *
   * @throws DateTimeException if it is no such time, or not from 1970 to 2261
   * @throws NumberFormatException if digits are not digits
   */
  static long ofDateTime(String text) {
    boolean punctuated =
        text.length() >= SECONDS_END
            && text.charAt(4) == '-'
            && text.charAt(7) == '-'
            && (text.charAt(10) == ' ' || text.charAt(10) == 'T')
            && text.charAt(13) == ':'
            && text.charAt(16) == ':';
    if (!punctuated) {
      throw new DateTimeException("not a time: " + text);
    }
    int year = digits(text, 0, 4);
    if (year < FIRST_YEAR || year > LAST_YEAR) {
      throw new DateTimeException("year out of range: " + year);
    }
    long day = LocalDate.of(year, digits(text, 5, 7), digits(text, 8, 10)).toEpochDay();
    int second =
        LocalTime.of(digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19))
            .toSecondOfDay();
    int fractionEnd = fractionEnd(text);
    long nanos = 0;
    if (fractionEnd > SECONDS_END) {
      int fractionDigits = fractionEnd - SECONDS_END - 1;
      nanos = digits(text, SECONDS_END + 1, fractionEnd);
      for (int i = fractionDigits; i < FRACTION_DIGITS; i++) {
        nanos *= 10;
      }
    }
    int offsetSeconds = 0;
    if (fractionEnd < text.length()) {
      offsetSeconds = ZoneOffset.of(text.substring(fractionEnd)).getTotalSeconds();
    }
    long epochSecond = day * SECONDS_PER_DAY + second - offsetSeconds;
    if (epochSecond < 0) {
      throw new DateTimeException("before 1970: " + text);
    }
    return epochSecond * NANOS_PER_SECOND + nanos;
  }

  private static int fractionEnd(String text) {
    if (text.length() == SECONDS_END || text.charAt(SECONDS_END) != '.') {
      return SECONDS_END;
    }
    int end = SECONDS_END + 1;
    while (end < text.length() && CharUtils.isAsciiNumeric(text.charAt(end))) {
      end++;
    }
    int fractionDigits = end - SECONDS_END - 1;
    if (fractionDigits < 1 || fractionDigits > FRACTION_DIGITS) {
      throw new DateTimeException("not a fraction of a second: " + text);
    }
    return end;
  }

  private static int digits(String text, int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      if (!CharUtils.isAsciiNumeric(text.charAt(i))) {
        throw new NumberFormatException("not a digit: " + text.charAt(i));
      }
      value = 10 * value + text.charAt(i) - '0';
    }
    return value;
  }

  /**
   * A decimal number of units, such as {@code 5}, {@code 19440110.0} or {@code 1e-05}, rounded to
   * the nanosecond.
   *
   * @throws NumberFormatException if it is none, negative, or too large for 64 bits of nanoseconds
   */
  static long ofDecimal(String text, long nanosPerUnit) {
    if (text.length() > LONGEST_NUMBER) {
      throw new NumberFormatException("more than " + LONGEST_NUMBER + " characters");
    }
    BigDecimal units = new BigDecimal(text);
    // Exponents are judged before any arithmetic, which would write out all their digits.
    long wholeDigits = (long) units.precision() - units.scale();
    if (units.signum() < 0 || wholeDigits > MOST_WHOLE_DIGITS) {
      throw new NumberFormatException("out of range: " + text);
    }
    if (wholeDigits < -FRACTION_DIGITS) {
      return 0;
    }
    try {
      return units
          .multiply(BigDecimal.valueOf(nanosPerUnit))
          .setScale(0, RoundingMode.HALF_UP)
          .longValueExact();
    } catch (ArithmeticException e) {
      throw new NumberFormatException("out of range: " + text);
    }
  }
}
