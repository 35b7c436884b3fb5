package io.headroom.jobs.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import io.headroom.UserException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A HOCON file with the user's {@code --set key=value} on top and defaults below. */
public final class SettingsFile {
  static final String OVERRIDE = "--set ";
  private static final int MOST_LEVELS = 16;

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
    List<Config> strongestLast = new ArrayList<>();
    strongestLast.add(ConfigFactory.parseString(defaults));
    strongestLast.add(reader.file());
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
    if (override.indexOf('=') < 1) {
      throw new UserException(source + ": must be key=value");
    }
    return reader.text(override, source);
  }

  /** Whoever walks the values may then use the stack. */
  private static void requireShallow(String source, ConfigValue value, int depth) {
    if (depth > MOST_LEVELS) {
      throw new UserException(
          "%s: %s; at most %d levels are allowed"
              .formatted(source, HoconReader.TOO_DEEP, MOST_LEVELS));
    }
    if (value instanceof ConfigObject object) {
      object.values().forEach(child -> requireShallow(source, child, depth + 1));
    } else if (value instanceof ConfigList list) {
      list.forEach(child -> requireShallow(source, child, depth + 1));
    }
  }
}
