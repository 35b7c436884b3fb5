package io.headroom.jobs.plan.prices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.headroom.UserException;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceListTest {
  @TempDir Path folder;

  @Test
  void everyAcceleratorOfTheProjectHasAPrice() throws IOException {
    Path conf = SharedData.projectRoot().resolve("conf");
    PriceList prices = PriceList.read(conf.resolve("prices.conf"));

    try (Stream<Path> profiles = Files.list(conf.resolve("accelerators"))) {
      List<String> names =
          profiles
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".json"))
              .map(name -> name.substring(0, name.length() - ".json".length()))
              .toList();
      assertThat(prices.all()).containsOnlyKeys(names);
    }
    assertThat(prices.all().values())
        .allSatisfy(
            price -> {
              assertThat(price.usdPerHour()).isBetween(0.5, 20.0);
              assertThat(price.date()).isAfter(LocalDate.of(2026, 1, 1));
              assertThat(price.source()).containsAnyOf("Amazon", "Oracle");
            });
  }

  @Test
  void hostsHaveAnyName() throws IOException {
    PriceList prices =
        read(
            """
            prices {
              my_host { usd-per-hour = 0.25, date = "2026-01-31", source = "the bill of a server" }
              "host 2.0" { usd-per-hour = 1, date = 2026-02-01, source = own }
            }
            """);

    assertThat(prices.price("my_host"))
        .contains(new Price(0.25, LocalDate.of(2026, 1, 31), "the bill of a server"));
    assertThat(prices.price("host 2.0")).contains(new Price(1, LocalDate.of(2026, 2, 1), "own"));
    assertThat(prices.price("h100_sxm")).isEmpty();
    assertThat(prices.all().firstKey()).isEqualTo("host 2.0");
    assertThat(read("prices {}").all()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prices { a { usd-per-hour = 0, date = 2026-01-31, source = x } }|:1: prices.a.usd-per-hour = 0: must be a number above 0, at most 1000000",
        "prices { a { usd-per-hour = -1, date = 2026-01-31, source = x } }|:1: prices.a.usd-per-hour = -1: must be a number above 0, at most 1000000",
        "prices { a { usd-per-hour = 2e6, date = 2026-01-31, source = x } }|:1: prices.a.usd-per-hour = 2000000: must be a number above 0, at most 1000000",
        "prices { a { usd-per-hour = free, date = 2026-01-31, source = x } }|:1: prices.a.usd-per-hour = \"free\": must be a number above 0, at most 1000000",
        "prices { a { usd-per-hour = 1, date = 31.1.2026, source = x } }|:1: prices.a.date = \"31.1.2026\": must be a date such as 2026-09-10",
        "prices { a { usd-per-hour = 1, date = 2026-01-31, source = \" \" } }|:1: prices.a.source = \" \": must say whose price it is",
        "prices { a { usd-per-hour = 1, date = 2026-01-31 } }|: prices.a.source is missing",
        "prices { a { usd-per-hour = 1, date = 2026-01-31, source = x, eur = 1 } }|:1: unknown key prices.a.eur; allowed: usd-per-hour, date, source",
        "prices { a = 1 }|:1: prices.a = 1: must be an object { ... }",
        "prices { }, price { }|:1: unknown key price; allowed: prices"
      })
  void whatIsWrongIsTold(String text, String message) throws IOException {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> read(text))
        .withMessage(folder.resolve("prices.conf") + message);
  }

  private PriceList read(String text) throws IOException {
    return PriceList.read(Files.writeString(folder.resolve("prices.conf"), text));
  }
}
