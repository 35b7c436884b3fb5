package io.headroom.jobs.settings;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.headroom.MessageLine;
import io.headroom.UserException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * One object of a HOCON file, read strictly: every value is checked where it is read, and a key
 * that nobody asked for is an error. All complaints have one form: {@code file: key = value: what
 * is wrong; what is allowed}.
 */
public final class Settings {
  private static final String OPTION = "--";
  private static final int MOST_SHOWN_CHARACTERS = 80;
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?");

  /** Line or lines at the end of an origin. */
  private static final Pattern LINE = Pattern.compile(": (\\d+(?:-\\d+)?)$");

  private final String file;
  private final String path;
  private final ConfigObject object;
  private final Set<String> known = new LinkedHashSet<>();

  Settings(String file, String path, ConfigObject object) {
    this.file = file;
    this.path = path;
    this.object = object;
  }

  /** Whether there is a value; a null takes away what stands below it. */
  public boolean has(String key) {
    known.add(key);
    ConfigValue value = object.get(key);
    return value != null && value.valueType() != ConfigValueType.NULL;
  }

  /** All of them, in the order of the alphabet, where any name may be a key. */
  public List<String> keys() {
    return object.keySet().stream().sorted().toList();
  }

  public String string(String key) {
    return asString(key, require(key));
  }

  public int integer(String key, int least, int most) {
    return asInteger(key, require(key), least, most);
  }

  /** A number of tokens, also as {@code 32k}. */
  public int tokens(String key, int least, int most) {
    return asTokens(key, require(key), least, most);
  }

  public long wholeNumber(String key, long least, long most) {
    return asWholeNumber(key, require(key), least, most);
  }

  public double number(String key, double least, double most) {
    return asNumber(key, require(key), least, most);
  }

  /** A number above 0. */
  public double positiveNumber(String key, double most) {
    ConfigValue value = require(key);
    return asNumber(
        key,
        value,
        Double.MIN_VALUE,
        most,
        "must be a number above 0, at most %s".formatted(plain(most)));
  }

  /** The object under a key; the caller must {@link #rejectUnknown} it in the end. */
  public Settings object(String key) {
    return asObject(key, require(key));
  }

  /** A list that must not be empty; each element is read by {@code read}. */
  public <T> List<T> list(String key, Function<Element, T> read) {
    ConfigValue value = require(key);
    if (!(value instanceof com.typesafe.config.ConfigList list)) {
      throw wrong(key, value, "must be a list");
    }
    if (list.isEmpty()) {
      throw wrong(key, value, "must not be empty");
    }
    List<T> elements = new ArrayList<>(list.size());
    for (ConfigValue element : list) {
      elements.add(read.apply(new Element(key, element)));
    }
    return elements;
  }

  /** A single value, to be read as what it turns out to be. */
  public Element value(String key) {
    return new Element(key, require(key));
  }

  /** Throws if the object has a key that was never asked for. */
  public void rejectUnknown() {
    for (String key : object.keySet()) {
      if (!known.contains(key)) {
        throw new UserException(
            "%s: unknown key %s; allowed: %s"
                .formatted(where(object.get(key).origin()), name(key), String.join(", ", known)));
      }
    }
  }

  /** An error of the value under a key, for checks that need more than one value. */
  public UserException wrong(String key, String complaint) {
    ConfigValue value = object.get(key);
    return wrong(key, value == null ? object : value, complaint);
  }

  private ConfigValue require(String key) {
    known.add(key);
    ConfigValue value = object.get(key);
    if (value == null || value.valueType() == ConfigValueType.NULL) {
      throw new UserException("%s: %s is missing".formatted(file, name(key)));
    }
    return value;
  }

  private String asString(String key, ConfigValue value) {
    if (value.valueType() == ConfigValueType.OBJECT || value.valueType() == ConfigValueType.LIST) {
      throw wrong(key, value, "must be a word");
    }
    return String.valueOf(value.unwrapped());
  }

  private int asInteger(String key, ConfigValue value, int least, int most) {
    return (int) asWholeNumber(key, value, least, most);
  }

  private long asWholeNumber(String key, ConfigValue value, long least, long most) {
    return within(key, value, wholeNumber(String.valueOf(value.unwrapped())), least, most);
  }

  private int asTokens(String key, ConfigValue value, int least, int most) {
    OptionalLong tokens = TokenCount.of(String.valueOf(value.unwrapped()));
    return (int) within(key, value, tokens, least, most);
  }

  private static OptionalLong wholeNumber(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private long within(String key, ConfigValue value, OptionalLong number, long least, long most) {
    if (number.isEmpty() || number.getAsLong() < least || number.getAsLong() > most) {
      throw wrong(
          key,
          value,
          least == most
              ? "must be " + least
              : "must be a whole number from %d to %d".formatted(least, most));
    }
    return number.getAsLong();
  }

  private double asNumber(String key, ConfigValue value, double least, double most) {
    return asNumber(
        key,
        value,
        least,
        most,
        "must be a number from %s to %s".formatted(plain(least), plain(most)));
  }

  private double asNumber(
      String key, ConfigValue value, double least, double most, String allowed) {
    String text = String.valueOf(value.unwrapped());
    // Java takes 20d and 20f for numbers too, which people take for days and who knows what.
    if (!NUMBER.matcher(text).matches()) {
      throw wrong(key, value, allowed);
    }
    double number = Double.parseDouble(text);
    if (!(number >= least && number <= most)) {
      throw wrong(key, value, allowed);
    }
    return number;
  }

  private Settings asObject(String key, ConfigValue value) {
    if (!(value instanceof ConfigObject child)) {
      throw wrong(key, value, "must be an object { ... }");
    }
    return new Settings(file, name(key), child);
  }

  private UserException wrong(String key, ConfigValue value, String complaint) {
    String origin = value.origin().description();
    if (origin.startsWith(OPTION) && !origin.startsWith(SettingsFile.OVERRIDE)) {
      // It says what was given, and whoever gave it knows no key.
      return new UserException("%s: %s".formatted(origin, complaint));
    }
    return new UserException(
        "%s: %s = %s: %s".formatted(where(value.origin()), name(key), shown(value), complaint));
  }

  private String name(String key) {
    String shown = MessageLine.shortened(key, MOST_SHOWN_CHARACTERS);
    return path.isEmpty() ? shown : path + "." + shown;
  }

  /** {@code file:line}, or for text that is no file what it is, such as {@code --set a=1}. */
  private String where(ConfigOrigin origin) {
    String description = origin.description();
    if (description.startsWith("merge of ") || description.startsWith("env var")) {
      return file;
    }
    return description.startsWith(SettingsFile.OVERRIDE)
        ? LINE.matcher(description).replaceFirst("")
        : LINE.matcher(description).replaceFirst(":$1");
  }

  private static String shown(ConfigValue value) {
    return MessageLine.shortened(
        value.render(ConfigRenderOptions.concise()), MOST_SHOWN_CHARACTERS);
  }

  private static String plain(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  /** One value of a list, or a value that may be of several kinds. */
  public final class Element {
    private final String key;
    private final ConfigValue value;

    private Element(String key, ConfigValue value) {
      this.key = key;
      this.value = value;
    }

    public boolean isObject() {
      return value.valueType() == ConfigValueType.OBJECT;
    }

    public String string() {
      return asString(key, value);
    }

    public int integer(int least, int most) {
      return asInteger(key, value, least, most);
    }

    public double number(double least, double most) {
      return asNumber(key, value, least, most);
    }

    /** A number of tokens, also as {@code 32k}. */
    public int tokens(int least, int most) {
      return asTokens(key, value, least, most);
    }

    public Settings object() {
      return asObject(key, value);
    }

    /** The value's text found by {@code find}, or an error that tells what is allowed. */
    public <T> T named(Function<String, Optional<T>> find, String allowed) {
      return find.apply(string()).orElseThrow(() -> wrong("allowed: " + allowed));
    }

    public UserException wrong(String complaint) {
      return Settings.this.wrong(key, value, complaint);
    }
  }
}
