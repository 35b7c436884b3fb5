package io.headroom.jobs.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.typesafe.config.ConfigFactory;
import io.headroom.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  @TempDir Path folder;

  @Test
  void readsEveryKind() {
    Settings settings =
        read(
            """
            word = plain
            number = 12
            text = "12"
            fraction = 0.5
            large = 9223372036854775807
            list = [1, 2]
            inner { key = value }
            """);

    assertThat(settings.string("word")).isEqualTo("plain");
    assertThat(settings.string("number")).isEqualTo("12");
    assertThat(settings.integer("number", 12, 12)).isEqualTo(12);
    assertThat(settings.integer("text", 0, 20)).isEqualTo(12);
    assertThat(settings.number("fraction", 0.5, 0.5)).isEqualTo(0.5);
    assertThat(settings.wholeNumber("large", 0, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    assertThat(settings.list("list", element -> element.integer(1, 2))).containsExactly(1, 2);
    assertThat(settings.object("inner").string("key")).isEqualTo("value");
    assertThat(settings.value("inner").isObject()).isTrue();
    assertThat(settings.has("nothing")).isFalse();
    settings.rejectUnknown();
  }

  @Test
  void tokensAreWrittenAsPeopleDo() {
    Settings settings = read("a = 32k\nb = [4096, 8K, 1M]\nc = 9999999999k\nd = 3s");

    assertThat(settings.tokens("a", 1, 32_768)).isEqualTo(32_768);
    assertThat(settings.list("b", element -> element.tokens(1, 1 << 20)))
        .containsExactly(4_096, 8_192, 1 << 20);
    assertMistake(
        () -> settings.tokens("c", 1, 9),
        "FILE:4: top.c = \"9999999999k\": must be a whole number from 1 to 9");
    assertMistake(
        () -> settings.tokens("d", 1, 9),
        "FILE:5: top.d = \"3s\": must be a whole number from 1 to 9");
  }

  @Test
  void whatNobodyAskedForIsUnknown() {
    Settings settings = read("known = 1\nother = 2");
    settings.has("known");

    assertMistake(settings::rejectUnknown, "FILE:3: unknown key top.other; allowed: known");
  }

  @Test
  void complaintsNameFileLineKeyAndValue() {
    Settings settings = read("a = 1\nb { c = -3 }\nd = [x]\ne = \"" + "y".repeat(200) + "\"");

    assertMistake(
        () -> settings.integer("a", 2, 5), "FILE:2: top.a = 1: must be a whole number from 2 to 5");
    assertMistake(() -> settings.integer("a", 7, 7), "FILE:2: top.a = 1: must be 7");
    assertMistake(
        () -> settings.number("a", 1.5, 1e20),
        "FILE:2: top.a = 1: must be a number from 1.5 to 1.0E20");
    assertMistake(
        () -> settings.object("b").number("c", 0, 1),
        "FILE:3: top.b.c = -3: must be a number from 0 to 1");
    assertMistake(
        () -> settings.list("d", element -> element.named(text -> Optional.empty(), "up, down")),
        "FILE:4: top.d = \"x\": allowed: up, down");
    assertMistake(() -> settings.string("d"), "FILE:4: top.d = [\"x\"]: must be a word");
    assertMistake(() -> settings.object("a"), "FILE:2: top.a = 1: must be an object { ... }");
    assertMistake(
        () -> settings.list("a", Settings.Element::string), "FILE:2: top.a = 1: must be a list");
    assertMistake(() -> settings.string("z"), "FILE: top.z is missing");
    assertMistake(
        () -> settings.integer("e", 0, 1),
        "FILE:5: top.e = \"" + "y".repeat(79) + "...: must be a whole number from 0 to 1");
    assertThat(settings.wrong("a", "is odd")).hasMessage(file() + ":2: top.a = 1: is odd");
  }

  @Test
  void theLastOverrideWinsOverFileAndDefaults() {
    SettingsFile file =
        SettingsFile.read(
            write("top { a = 1, b = 2, c = 3 }"),
            "top { c = 30, d = 40 }",
            List.of("top.a=10", "top.b=20", "top.a=11"));
    Settings settings = file.only("top");

    assertThat(settings.integer("a", 0, 100)).isEqualTo(11);
    assertThat(settings.integer("b", 0, 100)).isEqualTo(20);
    assertThat(settings.integer("c", 0, 100)).isEqualTo(3);
    assertThat(settings.integer("d", 0, 100)).isEqualTo(40);
  }

  @Test
  void wrongOverridesAreNamedByTheirText() {
    Settings settings =
        SettingsFile.read(write("top { a = 1 }"), "", List.of("top.a=x")).only("top");

    assertMistake(
        () -> settings.integer("a", 0, 1),
        "--set top.a=x: top.a = \"x\": must be a whole number from 0 to 1");
  }

  @Test
  void overridesMayReplaceLists() {
    Settings settings =
        SettingsFile.read(write("top { a = [1, 2, 3] }"), "", List.of("top.a=[4]")).only("top");

    assertThat(settings.list("a", element -> element.integer(0, 9))).containsExactly(4);
  }

  @Test
  void substitutionsAreResolvedInWhatIsWritten() {
    SettingsFile file =
        SettingsFile.read(write("top { a = 5, b = ${top.a} }"), "top { c = 7 }", List.of());

    assertThat(ConfigFactory.parseString(file.render()))
        .isEqualTo(ConfigFactory.parseString("top { a = 5, b = 5, c = 7 }"));
  }

  @Test
  void includesAreFoundBesideTheFile() throws IOException {
    Files.writeString(folder.resolve("base.conf"), "top { a = 1, b = 2 }");
    Settings settings =
        SettingsFile.read(write("include \"base.conf\"\ntop.b = 3"), "", List.of()).only("top");

    assertThat(settings.integer("a", 0, 9)).isEqualTo(1);
    assertThat(settings.integer("b", 0, 9)).isEqualTo(3);
  }

  @Test
  void onlyOneKeyIsAllowedAtTheTop() {
    SettingsFile file = SettingsFile.read(write("top { }\nother = 1"), "", List.of());

    assertMistake(() -> file.only("top"), "FILE:2: unknown key other; allowed: top");
    assertMistake(() -> file.only("absent"), "FILE: absent is missing");
  }

  @Test
  void settingsCanBeRecalledFromARecord() throws IOException {
    Path record = folder.resolve("record.json");
    Files.writeString(
        record, "{\"name\": \"x\", \"kept\": {\"top\": {\"a\": 1, \"b\": [\"on\"]}}}");

    Settings settings =
        SettingsFile.readOrRecall(record, "kept", "top { c = 3 }", List.of("top.a=2")).only("top");

    assertThat(settings.integer("a", 0, 9)).isEqualTo(2);
    assertThat(settings.list("b", Settings.Element::string)).containsExactly("on");
    assertThat(settings.integer("c", 0, 9)).isEqualTo(3);
  }

  /** Only JSON is a record: a key of a configuration stays a key. */
  @Test
  void whatIsNoRecordIsReadAsItIs() {
    SettingsFile file =
        SettingsFile.readOrRecall(write("kept { top { a = 1 } }"), "kept", "", List.of());

    assertMistake(() -> file.only("top"), "FILE: top is missing");
  }

  @Test
  void aValueCanBeReplaced() {
    SettingsFile file =
        SettingsFile.read(write("top { a = [1, 2], b = 5 }"), "", List.of())
            .with("top.a", List.of("x", "y"))
            .with("top.c", "z");

    assertThat(ConfigFactory.parseString(file.render()))
        .isEqualTo(ConfigFactory.parseString("top { a = [x, y], b = 5, c = z }"));
  }

  private Path file() {
    return folder.resolve("settings.conf");
  }

  private Path write(String text) {
    try {
      return Files.writeString(file(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Settings read(String body) {
    return SettingsFile.read(write("top {\n" + body + "\n}"), "", List.of()).only("top");
  }

  private void assertMistake(ThrowingCallable call, String message) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(call)
        .withMessage(message.replace("FILE", file().toString()));
  }
}
