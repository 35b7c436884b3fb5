package io.headroom.jobs.kv;

import io.headroom.UserException;
import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory as people write it: {@code 80GB} (powers of 1000, as on a label), {@code
 * 79.18GiB} or {@code 24G} (powers of 1024).
 */
record ByteSize(String text, long bytes) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,9})?)\\s*([A-Za-z]*)");
  private static final Map<String, Long> UNITS =
      Map.ofEntries(
          Map.entry("", 1L),
          Map.entry("b", 1L),
          Map.entry("kb", 1_000L),
          Map.entry("mb", 1_000_000L),
          Map.entry("gb", 1_000_000_000L),
          Map.entry("tb", 1_000_000_000_000L),
          Map.entry("k", 1L << 10),
          Map.entry("m", 1L << 20),
          Map.entry("g", 1L << 30),
          Map.entry("t", 1L << 40),
          Map.entry("kib", 1L << 10),
          Map.entry("mib", 1L << 20),
          Map.entry("gib", 1L << 30),
          Map.entry("tib", 1L << 40));

  /**
   * @throws UserException if it is no amount of memory
   */
  static ByteSize parse(String option, String text) {
    Matcher matcher = FORM.matcher(text.strip());
    Long unit =
        matcher.matches() ? UNITS.get(matcher.group(2).toLowerCase(java.util.Locale.ROOT)) : null;
    if (unit == null) {
      throw new UserException(
          "%s %s: not an amount of memory; allowed: a number and B, KB, MB, GB, TB, KiB, MiB, GiB or TiB, such as 80GB"
              .formatted(option, text));
    }
    BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
    if (bytes.compareTo(BigDecimal.valueOf(1L << 56)) > 0) {
      throw new UserException("%s %s: too much; allowed: at most 65536TiB".formatted(option, text));
    }
    return new ByteSize(text.strip(), bytes.longValue());
  }
}
