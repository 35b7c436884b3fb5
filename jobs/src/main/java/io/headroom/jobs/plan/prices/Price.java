package io.headroom.jobs.plan.prices;

import java.time.LocalDate;
import java.util.Objects;

/**
 * What one accelerator, or one host, costs.
 *
 * @param usdPerHour above 0
 * @param date when that was the price
 * @param source whose price it is
 */
public record Price(double usdPerHour, LocalDate date, String source) {

  public Price {
    if (!(usdPerHour > 0)) {
      throw new IllegalArgumentException("a price must be above 0: " + usdPerHour);
    }
    Objects.requireNonNull(date, "date");
    Objects.requireNonNull(source, "source");
  }
}
