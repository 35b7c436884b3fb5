package io.headroom.jobs.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.headroom.UserException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A HOCON file with the user's {@code --set key=value} on top and defaults below. */
public final class SettingsFile {
  static final String OVERRIDE = "--set ";

  private final Path file;
  private final Config config;

  private SettingsFile(Path file, Config config) {
    this.file = file;
    this.config = config;
  }

  /**
   * @param defaults HOCON text that holds where the file says nothing
   * @param overrides {@code key=value}, each as given to {@code --set}
   * @throws UserException if the file cannot be read or is not HOCON
   */
  public static SettingsFile read(Path file, String defaults, List<String> overrides) {
    HoconReader reader = new HoconReader(file);
    return read(file, reader, reader.file(), defaults, overrides);
  }

  /**
   * As {@link #read(Path, String, List)}, or from what a program wrote of itself: a JSON file that
   * holds the settings under a key, among other things.
   *
   * @throws UserException as there
   */
  public static SettingsFile readOrRecall(
      Path file, String key, String defaults, List<String> overrides) {
    HoconReader reader = new HoconReader(file);
    Config config = reader.file();
    boolean recorded =
        file.toString().endsWith(".json") && config.root().get(key) instanceof ConfigObject;
    Config written = recorded ? config.getConfig(key) : config;
    return read(file, reader, written, defaults, overrides);
  }

  private static SettingsFile read(
      Path file, HoconReader reader, Config written, String defaults, List<String> overrides) {
    List<Config> strongestLast = new ArrayList<>();
    strongestLast.add(ConfigFactory.parseString(defaults));
    strongestLast.add(written);
    for (String override : overrides) {
      strongestLast.add(parseOverride(override, reader));
    }
    Config config = resolve(file.toString(), strongestLast);
    requireShallow(file.toString(), config.root(), 0);
    return new SettingsFile(file, config);
  }

  private static Config resolve(String source, List<Config> strongestLast) {
    try {
      return HoconReader.orMistake(source, () -> merged(strongestLast).resolve());
    } catch (UserException e) {
      String ofOverride = source + ": " + OVERRIDE;
      throw e.getMessage().startsWith(ofOverride)
          ? new UserException(e.getMessage().substring(source.length() + 2), e)
          : e;
    }
  }

  private static Config merged(List<Config> strongestLast) {
    Config merged = ConfigFactory.empty();
    for (Config next : strongestLast) {
      merged = next.withFallback(merged);
    }
    return merged;
  }

  /**
   * The same with another value.
   *
   * @param key with a dot for every level
   * @param value text, number, list or map
   */
  public SettingsFile with(String key, Object value) {
    return new SettingsFile(file, config.withValue(key, ConfigValueFactory.fromAnyRef(value)));
  }

  /**
   * The same with what an option of the command line gives.
   *
   * @param option with its value, as complaints about that shall begin: {@code --trace FILE}
   */
  public SettingsFile withOption(String key, Object value, String option) {
    return new SettingsFile(
        file, config.withValue(key, ConfigValueFactory.fromAnyRef(value, option)));
  }

  /** The object under a top-level key, which must be the only one. */
  public Settings only(String key) {
    Settings root = new Settings(file.toString(), "", config.root());
    Settings settings = root.object(key);
    root.rejectUnknown();
    return settings;
  }

  public Path file() {
    return file;
  }

  /** Everything, defaults included and substitutions resolved, as HOCON. */
  public String render() {
    return config
        .root()
        .render(
            ConfigRenderOptions.defaults()
                .setComments(false)
                .setOriginComments(false)
                .setJson(false));
  }

  /** Everything, as maps, lists, texts and numbers. */
  public Map<String, Object> values() {
    return config.root().unwrapped();
  }

  private static Config parseOverride(String override, HoconReader reader) {
    String source = OVERRIDE + override;
    int equals = override.indexOf('=');
    if (equals < 1) {
      throw new UserException(source + ": must be key=value");
    }
    if (override.chars().limit(equals).filter(character -> character == '.').count()
        >= HoconReader.MOST_LEVELS) {
      throw HoconReader.tooDeep(source);
    }
    return reader.text(override, source);
  }

  /** Whoever walks the values may then use the stack. */
  private static void requireShallow(String source, ConfigValue value, int depth) {
    if (depth > HoconReader.MOST_LEVELS) {
      throw HoconReader.tooDeep(source);
    }
    if (value instanceof ConfigObject object) {
      // Not values(): the set that it makes hashes them to their depths.
      object.keySet().forEach(key -> requireShallow(source, object.get(key), depth + 1));
    } else if (value instanceof ConfigList list) {
      list.forEach(child -> requireShallow(source, child, depth + 1));
    }
  }
}
