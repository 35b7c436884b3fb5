package io.headroom.jobs.cli;

import java.util.Locale;

/** Numbers as people read them. */
public final class Units {
  private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

  private Units() {}

  /** {@code 524288} is {@code 512 KiB}. */
  public static String bytes(double bytes) {
    double value = bytes;
    int unit = 0;
    while (Math.abs(value) >= 1024 && unit < BINARY.length - 1) {
      value /= 1024;
      unit++;
    }
    return threeDigits(value) + " " + BINARY[unit];
  }

  /** {@code 1234567} is {@code 1.23 ms}. */
  public static String nanos(double nanos) {
    if (nanos < 1e3) {
      return threeDigits(nanos) + " ns";
    }
    if (nanos < 1e6) {
      return threeDigits(nanos / 1e3) + " us";
    }
    if (nanos < 1e9) {
      return threeDigits(nanos / 1e6) + " ms";
    }
    return threeDigits(nanos / 1e9) + " s";
  }

  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** {@code 1 replica}, {@code 2 replicas}: with an s where there is not one. */
  public static String counted(long count, String one) {
    return "%s %s%s".formatted(count(count), one, count == 1 ? "" : "s");
  }

  /** Three digits at least, and no zeros behind the point that say nothing. */
  public static String threeDigits(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e6) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    if (Math.abs(value) >= 100) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, Math.abs(value) >= 10 ? "%.1f" : "%.2f", value);
  }
}
