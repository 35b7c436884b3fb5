package io.headroom.jobs.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import io.headroom.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A HOCON file with the user's {@code --set key=value} on top and defaults below. */
public final class SettingsFile {
  private static final String OVERRIDE = "--set ";
  private static final long MOST_BYTES = 4L << 20;
  private static final ConfigParseOptions OPTIONS =
      ConfigParseOptions.defaults().setAllowMissing(false);

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
    Config config = ConfigFactory.empty();
    for (String override : overrides) {
      config = parseOverride(override).withFallback(config);
    }
    config = config.withFallback(parseFile(file));
    Config below = ConfigFactory.parseString(defaults, OPTIONS.setOriginDescription("defaults"));
    try {
      return new SettingsFile(file, config.withFallback(below).resolve());
    } catch (ConfigException e) {
      boolean overridden = e.getMessage().startsWith(OVERRIDE);
      throw notHocon(overridden ? OVERRIDE : file.toString(), e);
    }
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

  private static Config parseFile(Path file) {
    if (!Files.exists(file)) {
      throw new UserException("%s: no such file".formatted(file));
    }
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new UserException("%s: not a file that can be read".formatted(file));
    }
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new UserException(
            "%s: a configuration of %d bytes; allowed: %d"
                .formatted(file, Files.size(file), MOST_BYTES));
      }
      return ConfigFactory.parseFile(file.toFile(), OPTIONS);
    } catch (ConfigException e) {
      throw notHocon(file.toString(), e);
    } catch (StackOverflowError e) {
      throw new UserException("%s: nested too deeply".formatted(file), e);
    } catch (IOException e) {
      throw new UserException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static Config parseOverride(String override) {
    String origin = OVERRIDE + override;
    if (override.indexOf('=') < 1) {
      throw new UserException(origin + ": must be key=value");
    }
    try {
      return ConfigFactory.parseString(override, OPTIONS.setOriginDescription(origin));
    } catch (ConfigException e) {
      throw notHocon(origin, e);
    }
  }

  /**
   * The parser's own message, which may begin with the source and list every include on the way.
   */
  private static UserException notHocon(String source, ConfigException e) {
    String message = e.getMessage().replaceFirst(" Trace: .*", "");
    return new UserException(
        message.startsWith(source) ? message : "%s: %s".formatted(source, message), e);
  }
}
