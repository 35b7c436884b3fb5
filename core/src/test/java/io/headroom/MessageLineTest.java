package io.headroom;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MessageLineTest {

  @Test
  void linesBecomeOne() {
    assertThat(MessageLine.of(" a \r\n\n  b\u2028c\n")).isEqualTo("a b c");
    assertThat(MessageLine.of("\n\n")).isEmpty();
    assertThat(MessageLine.of("a  b\tc")).isEqualTo("a  b c");
    assertThat(new UserException("a\n b", null)).hasMessage("a b");
  }

  @Test
  void whatATerminalWouldObeyIsEscaped() {
    assertThat(MessageLine.of("\u001b[31mred\u0000\u0007\u202egnp.exe\ufeff"))
        .isEqualTo("\\u001b[31mred\\u0000\\u0007\\u202egnp.exe\\ufeff");
    assertThat(MessageLine.of("Größe 模型 😀")).isEqualTo("Größe 模型 😀");
  }

  @Test
  void theMiddleOfALongTextIsLeftOut() {
    String line = MessageLine.of("file: " + "x".repeat(1_000_000) + "; allowed: y");

    assertThat(line)
        .hasSize(4000)
        .startsWith("file: xx")
        .contains("x ... x")
        .endsWith("allowed: y");
    assertThat(MessageLine.of(" ".repeat(1_000_000) + "a"))
        .isEqualTo("... " + " ".repeat(999) + "a");
    assertThat(MessageLine.shortened("abcdef", 6)).isEqualTo("abcdef");
    assertThat(MessageLine.shortened("abcdef", 5)).isEqualTo("abcde...");
  }
}
