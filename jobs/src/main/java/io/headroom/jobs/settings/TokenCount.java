package io.headroom.jobs.settings;

import io.headroom.UserException;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of tokens as people write it: {@code 32768} or {@code 32k}, of powers of 1024. */
public final class TokenCount {
  /** Of a prompt, of what is decoded after it, and of a window. */
  public static final int MOST = 16_777_216;

  private static final Pattern FORM = Pattern.compile("(-?\\d{1,15})([a-z]*)");
  private static final Map<String, Integer> SHIFTS =
      Map.of("", 0, "k", 10, "ki", 10, "m", 20, "mi", 20);

  private TokenCount() {}

  /**
   * @param option what is given so, for messages
   * @throws UserException if it is no number of tokens from 0 to {@code most}
   */
  public static long parse(String option, String text, long most) {
    long number =
        of(text)
            .orElseThrow(
                () ->
                    new UserException(
                        "%s %s: not a number of tokens; allowed: an integer, such as 32768 or 32k"
                            .formatted(option, text)));
    if (number < 0 || number > most) {
      throw new UserException("%s %s: must be between 0 and %d".formatted(option, text, most));
    }
    return number;
  }

  /** The number; empty if the text is none. */
  static OptionalLong of(String text) {
    Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
    Integer shift = matcher.matches() ? SHIFTS.get(matcher.group(2)) : null;
    return shift == null
        ? OptionalLong.empty()
        : OptionalLong.of(saturated(Long.parseLong(matcher.group(1)), shift));
  }

  private static long saturated(long number, int shift) {
    return Math.abs(number) > Long.MAX_VALUE >> shift ? Long.MAX_VALUE : number << shift;
  }
}
