package io.headroom.jobs.plan.prices;

import io.headroom.jobs.settings.ProjectFolders;
import io.headroom.jobs.settings.Settings;
import io.headroom.jobs.settings.SettingsFile;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Prices of accelerators by the names of their profiles, and of hosts by any name, from a HOCON
 * file: {@code prices { NAME { usd-per-hour = 3.9, date = 2026-09-10, source = "..." } }}.
 */
public final class PriceList {
  private static final double MOST_USD_PER_HOUR = 1_000_000;

  private final SortedMap<String, Price> prices;

  private PriceList(SortedMap<String, Price> prices) {
    this.prices = prices;
  }

  /**
   * The project's own, {@code conf/prices.conf}.
   *
   * @throws io.headroom.UserException as {@link #read}, or if there is none
   */
  public static PriceList ofProject() {
    return read(ProjectFolders.prices());
  }

  /**
   * @throws io.headroom.UserException if the file cannot be read, a key is missing or unknown, or a
   *     value is wrong
   */
  public static PriceList read(Path file) {
    Settings settings = SettingsFile.read(file, "", List.of()).only("prices");
    SortedMap<String, Price> prices = new TreeMap<>();
    for (String name : settings.keys()) {
      prices.put(name, price(settings.object(name)));
    }
    return new PriceList(prices);
  }

  private static Price price(Settings settings) {
    double usdPerHour = settings.positiveNumber("usd-per-hour", MOST_USD_PER_HOUR);
    LocalDate date = date(settings.value("date"));
    String source = settings.string("source");
    if (source.isBlank()) {
      throw settings.wrong("source", "must say whose price it is");
    }
    settings.rejectUnknown();
    return new Price(usdPerHour, date, source);
  }

  private static LocalDate date(Settings.Element element) {
    try {
      return LocalDate.parse(element.string());
    } catch (DateTimeParseException e) {
      throw element.wrong("must be a date such as 2026-09-10");
    }
  }

  /** Empty if it is not known. */
  public Optional<Price> price(String name) {
    return Optional.ofNullable(prices.get(name));
  }

  /** By name, in the order of the names. */
  public SortedMap<String, Price> all() {
    return Collections.unmodifiableSortedMap(prices);
  }
}
