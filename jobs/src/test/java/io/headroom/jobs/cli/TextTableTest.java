package io.headroom.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTableTest {

  @Test
  void wordsStandAtTheLeftAndNumbersAtTheRight() {
    TextTable table = new TextTable("name", "bytes", "");
    table.add("a", "1,024", "x");
    table.add("longer", "5", "-");

    assertThat(table.render().lines())
        .containsExactly(
            "name    bytes", "------  -----  -", "a       1,024  x", "longer      5  -");
  }

  @Test
  void aTableWithoutRowsIsItsHeader() {
    assertThat(new TextTable("one", "two").render().lines())
        .containsExactly("one  two", "---  ---");
  }

  @Test
  void rowsThatAreMadeAsTheyAreReadAreWrittenLineByLine() {
    AtomicInteger passes = new AtomicInteger();
    Iterable<List<String>> rows =
        () -> {
          passes.incrementAndGet();
          return Stream.of("5", "1,024").map(bytes -> List.of("x", bytes)).iterator();
        };
    List<String> lines = new ArrayList<>();

    TextTable.write(List.of("name", "bytes"), rows, lines::add);

    assertThat(lines)
        .containsExactly(
            Stream.of("name  bytes", "----  -----", "x         5", "x     1,024")
                .map(line -> line + System.lineSeparator())
                .toArray(String[]::new));
    assertThat(passes).hasValue(2);
  }

  @Test
  void everyColumnNeedsItsCell() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TextTable("one", "two").add("1"))
        .withMessage("1 cells for 2 columns");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1 KiB",
    "1536, 1.50 KiB",
    "524288, 512 KiB",
    "12582912, 12 MiB",
    "85899345920, 80 GiB",
    "1152921504606846976, '1,024 PiB'"
  })
  void writesBytes(double bytes, String text) {
    assertThat(Units.bytes(bytes)).isEqualTo(text.replace("1023", "1,023"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 ns",
    "999, 999 ns",
    "1000, 1 us",
    "1234567, 1.23 ms",
    "45600000, 45.6 ms",
    "1e9, 1 s",
    "123456789000, 123 s"
  })
  void writesTimes(double nanos, String text) {
    assertThat(Units.nanos(nanos)).isEqualTo(text);
  }

  @Test
  void writesNumbersAlikeEverywhere() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      assertThat(Units.count(1_234_567)).isEqualTo("1,234,567");
      assertThat(Units.bytes(1536)).isEqualTo("1.50 KiB");
    } finally {
      Locale.setDefault(before);
    }
  }
}
