package io.headroom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class CanonicalTextTest {

  @Test
  void saysTheSameInWhateverOrderItIsTold() {
    CanonicalText text =
        new CanonicalText("thing", 3)
            .put("width_bytes", -4)
            .put("engine", "vector")
            .putEach("name", List.of("b", "a"))
            .put("share", 0.1)
            .put("scale", 0.1f)
            .put("cached", true)
            .put("alone", false);

    assertThat(text)
        .hasToString(
            """
            headroom thing, version 3
            alone=off
            cached=on
            engine=vector
            name.0001=b
            name.0002=a
            scale=0x1.99999ap-4
            share=0x1.999999999999ap-4
            width_bytes=-4
            """);
    assertThat(text.fingerprint(8)).isEqualTo(Fingerprint.of(text.toString(), 8));
  }

  @Test
  void aValueCannotLookLikeAnotherLine() {
    String text = new CanonicalText("thing", 1).put("name", "a\nb=c\r\\n").toString();

    assertThat(text).isEqualTo("headroom thing, version 1\nname=a\\nb=c\\r\\\\n\n");
  }

  @Test
  void numbersAreWrittenAlikeInEveryLanguage() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));

      assertThat(new CanonicalText("thing", 1).put("a", 12).putEach("b", List.of("x")))
          .hasToString("headroom thing, version 1\na=12\nb.0001=x\n");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void aKeyIsThereOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CanonicalText("thing", 1).put("a", 1).put("a", "1"))
        .withMessage("is there twice: a");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CanonicalText("thing", 1).put("a=b", 1))
        .withMessage("no key of a canonical text: a=b");
  }
}
