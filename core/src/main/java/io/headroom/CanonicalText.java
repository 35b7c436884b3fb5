package io.headroom;

import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A text that says of a thing what tells it from others, the same in every version of the program
 * and on every machine, so that its {@link Fingerprint} may be kept. The first line names the kind
 * of thing and the version of its keys; then {@code key=value}, a line each, sorted by key. Keys
 * name their units.
 *
 * <p>Whoever adds a key to a kind of thing leaves it out where it has the value that all things had
 * before: what was named then keeps its fingerprint. Any other change is another version.
 */
public final class CanonicalText {
  private final String title;
  private final SortedMap<String, String> values = new TreeMap<>();

  /**
   * @param kind of thing, such as {@code cell}
   * @param version of the keys
   */
  public CanonicalText(String kind, int version) {
    this.title = "headroom " + kind + ", version " + version;
  }

  public CanonicalText put(String key, long value) {
    return set(key, Long.toString(value));
  }

  /** {@code on} or {@code off}. */
  public CanonicalText put(String key, boolean value) {
    return set(key, value ? "on" : "off");
  }

  /**
   * In hexadecimal, which is exact; decimal digits are chosen otherwise by other versions of Java.
   */
  public CanonicalText put(String key, float value) {
    return set(key, Float.toHexString(value));
  }

  /** In hexadecimal, which is exact. */
  public CanonicalText put(String key, double value) {
    return set(key, Double.toHexString(value));
  }

  /** On one line, whatever is in it. */
  public CanonicalText put(String key, String value) {
    return set(key, value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r"));
  }

  /** One line for each text, numbered from 1. */
  public CanonicalText putEach(String key, List<String> texts) {
    for (int i = 0; i < texts.size(); i++) {
      put(key + "." + number(i + 1), texts.get(i));
    }
    return this;
  }

  /** How things of a list are numbered in keys, so that they sort as they come. */
  public static String number(int number) {
    return String.format(Locale.ROOT, "%04d", number);
  }

  private CanonicalText set(String key, String value) {
    if (key.indexOf('=') >= 0 || key.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("no key of a canonical text: " + key);
    }
    if (values.putIfAbsent(key, value) != null) {
      throw new IllegalArgumentException("is there twice: " + key);
    }
    return this;
  }

  /**
   * The first bytes of the text's SHA-256.
   *
   * @see Fingerprint#of(String, int)
   */
  public String fingerprint(int bytes) {
    return Fingerprint.of(toString(), bytes);
  }

  /** The text; its last line ends too. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(title).append('\n');
    values.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
    return text.toString();
  }
}
