package io.headroom.jobs.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The commands that the README files tell their readers to type. */
public final class DocumentedCommands {
  private static final Pattern SHELL_BLOCK = Pattern.compile("(?s)```(?:bash|sh)\\n(.*?)```");

  private DocumentedCommands() {}

  /**
   * Each line of the file's shell blocks, in order.
   *
   * @param file from the project's folder
   */
  public static List<String> of(String file) {
    return SHELL_BLOCK
        .matcher(text(file))
        .results()
        .flatMap(block -> block.group(1).lines())
        .toList();
  }

  /** The only one that matches the whole pattern. */
  public static String theOne(String file, String pattern) {
    List<String> found = of(file).stream().filter(line -> line.matches(pattern)).toList();
    assertThat(found).as(pattern).hasSize(1);
    return found.get(0);
  }

  /** The first block of code in a language, all of it. */
  public static String snippet(String file, String language) {
    Matcher block = Pattern.compile("(?s)```" + language + "\\n(.*?)```").matcher(text(file));
    assertThat(block.find()).as("%s in %s", language, file).isTrue();
    return block.group(1);
  }

  /** Such a part, of several the one with the key. */
  public static String snippet(String file, String language, String key) {
    return Pattern.compile("(?s)```" + language + "\\n(.*?)```")
        .matcher(text(file))
        .results()
        .map(block -> block.group(1))
        .filter(block -> block.startsWith(key + " {"))
        .findFirst()
        .orElseThrow();
  }

  /** What a file has under one of its headings, without further ones. */
  public static String section(String file, String heading) {
    Matcher section =
        Pattern.compile("(?s)\n#+ " + Pattern.quote(heading) + "\n(.*?)(\n#+ |$)")
            .matcher(text(file));
    assertThat(section.find()).as("%s in %s", heading, file).isTrue();
    return section.group(1);
  }

  private static String text(String file) {
    try {
      return Files.readString(SharedData.projectRoot().resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
