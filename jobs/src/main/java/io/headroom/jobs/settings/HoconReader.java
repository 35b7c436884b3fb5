package io.headroom.jobs.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import io.headroom.InputFile;
import io.headroom.UserException;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses one HOCON file with what it includes, within limits that no honest configuration meets: a
 * few substitutions make a text of any size of a small one, and merging takes the square of the
 * text's length. Includes are files in the folder of the configuration or below; nothing else on
 * the machine is read, nor the network.
 */
final class HoconReader {
  /** Of all texts together. */
  static final int MOST_BYTES = 1 << 16;

  /** Values of n substitutions grow by 3^(n/3) at most, if each holds three of the one before. */
  static final int MOST_SUBSTITUTIONS = 20;

  static final int MOST_INCLUDES = 50;

  static final int MOST_LEVELS = 16;

  /** Open brackets, those in comments included, at which no parser need try. */
  private static final int MOST_OPEN_BRACKETS = 100;

  private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{|\\+=");

  private final Path file;
  private final Path folder;
  private long bytes;
  private int substitutions;
  private int includes;

  HoconReader(Path file) {
    this.file = file;
    this.folder = file.toAbsolutePath().normalize().getParent();
  }

  /**
   * @throws UserException if the file or one that it includes cannot be read or is not HOCON
   */
  Config file() {
    return parse(text(file), file.toString(), List.of(file.toAbsolutePath().normalize()));
  }

  /**
   * @param source what messages call the text
   * @throws UserException if it is not HOCON
   */
  Config text(String text, String source) {
    return parse(text, source, List.of());
  }

  /**
   * Runs what may throw the library's exceptions.
   *
   * @param source what messages call the text
   */
  static <T> T orMistake(String source, Supplier<T> parse) {
    try {
      return parse.get();
    } catch (ConfigException e) {
      String message = e.getMessage();
      throw new UserException(
          message.startsWith(source) ? message : "%s: %s".formatted(source, message), e);
    } catch (StackOverflowError e) {
      throw tooDeep(source);
    }
  }

  static UserException tooDeep(String source) {
    return new UserException(
        "%s: nested too deeply; at most %d levels are allowed".formatted(source, MOST_LEVELS));
  }

  /**
   * @param open absolute paths of the files that are being read, each included by the one before
   */
  private Config parse(String text, String source, List<Path> open) {
    count(text, source);
    if (openBrackets(text) > MOST_OPEN_BRACKETS) {
      throw tooDeep(source);
    }
    ConfigParseOptions options =
        ConfigParseOptions.defaults()
            .setSyntax(ConfigSyntax.CONF)
            .setOriginDescription(source)
            .setIncluder(new FolderIncluder(source, open));
    return orMistake(source, () -> ConfigFactory.parseString(text, options));
  }

  private void count(String text, String source) {
    bytes += text.length();
    if (bytes > MOST_BYTES) {
      throw new UserException(
          "%s: a configuration, with all that it includes, of at most %d bytes is allowed: %d"
              .formatted(source, MOST_BYTES, bytes));
    }
    Matcher matcher = SUBSTITUTION.matcher(text);
    while (matcher.find()) {
      substitutions++;
    }
    if (substitutions > MOST_SUBSTITUTIONS) {
      throw new UserException(
          "%s: a configuration may have at most %d substitutions (${...} and +=): %d"
              .formatted(source, MOST_SUBSTITUTIONS, substitutions));
    }
  }

  /** The most that are open at once. */
  private static int openBrackets(String text) {
    int open = 0;
    int most = 0;
    for (int i = 0; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '[', '{' -> open++;
        case ']', '}' -> open = Math.max(0, open - 1);
        default -> {}
      }
      most = Math.max(most, open);
    }
    return most;
  }

  private static String text(Path file) {
    byte[] bytes = InputFile.read(file, "a configuration", MOST_BYTES);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.indexOf('\0') >= 0) {
        throw new UserException(file + ": holds a NUL character; text in UTF-8 is needed");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw new UserException(file + ": is not text in UTF-8", e);
    }
  }

  /** Includes by any of HOCON's forms, of which only those of files are allowed. */
  private final class FolderIncluder
      implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
    private final String source;
    private final List<Path> open;

    FolderIncluder(String source, List<Path> open) {
      this.source = source;
      this.open = open;
    }

    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
      return this;
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
      includes++;
      if (includes > MOST_INCLUDES) {
        throw wrong(what, "at most %d includes are allowed".formatted(MOST_INCLUDES));
      }
      Path included = locate(what);
      if (open.contains(included)) {
        throw wrong(what, "is what includes it: a cycle");
      }
      List<Path> deeper = new ArrayList<>(open);
      deeper.add(included);
      return parse(text(included), included.toString(), deeper).root();
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File what) {
      return include(context, what.getPath());
    }

    @Override
    public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
      throw outside(what.toExternalForm());
    }

    @Override
    public ConfigObject includeResources(ConfigIncludeContext context, String what) {
      throw outside(what);
    }

    /** Beside the file that includes it. */
    private Path locate(String what) {
      Path above = open.isEmpty() ? folder : open.get(open.size() - 1).getParent();
      try {
        Path included = above.resolve(what).normalize();
        if (what.contains("://") || !included.startsWith(folder)) {
          throw outside(what);
        }
        requireFile(what, included);
        if (!included.toRealPath().startsWith(folder.toRealPath())) {
          throw outside(what);
        }
        return included;
      } catch (InvalidPathException | IOException e) {
        throw wrong(what, "is no path: " + e.getMessage());
      }
    }

    private void requireFile(String what, Path included) {
      try {
        InputFile.require(included, "a configuration");
      } catch (UserException e) {
        throw wrong(what, e.getMessage());
      }
    }

    private UserException outside(String what) {
      return wrong(what, "must be a file in the folder of the configuration or below");
    }

    private UserException wrong(String what, String complaint) {
      return new UserException("%s: include \"%s\": %s".formatted(source, what, complaint));
    }
  }
}
