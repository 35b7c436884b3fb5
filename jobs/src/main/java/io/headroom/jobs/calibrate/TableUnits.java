package io.headroom.jobs.calibrate;

import io.headroom.UserException;
import io.headroom.plan.accelerator.DataSheet;
import io.headroom.plan.accelerator.KernelFamily;
import io.headroom.plan.accelerator.KernelPhysics;
import io.headroom.plan.accelerator.MeasuredCall;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Finds tables whose units cannot be right: times that no accelerator of the data sheet can have,
 * and messages that would need faster links than it has.
 */
final class TableUnits {
  /**
   * A test holds the median row of every table of the A100, H100 and L40S between 0.25 and 60 times
   * what the data sheet allows. Another unit is a factor of 1,000.
   */
  static final double LEAST_OF_IDEAL = 0.05;

  static final double MOST_OF_IDEAL = 300;

  /** Sums inside of the switches save a little of what the links would have to carry. */
  private static final double MOST_OF_LINKS = 1.15;

  /** So many rows may be outliers. */
  private static final int OUTLIERS = 2;

  private TableUnits() {}

  /**
   * @param measured one or more rows
   * @throws UserException if times or sizes are of another unit
   */
  static void require(
      Path file, KernelFamily family, List<MeasuredCall> measured, DataSheet sheet) {
    double median = medianOfIdeal(family, measured, sheet);
    if (median > MOST_OF_IDEAL || median < LEAST_OF_IDEAL) {
      throw new UserException(
          ("%s: column latency must be in milliseconds: half of its rows take over %.3g times what"
                  + " the data sheet of %s allows, and from %s to %s would be likely")
              .formatted(file, median, sheet.name(), LEAST_OF_IDEAL, (int) MOST_OF_IDEAL));
    }
    double busGigabytes = busBytesPerSecond(family, measured) / 1e9;
    if (sheet.linkBytesPerSecond() > 0
        && busGigabytes > MOST_OF_LINKS * sheet.linkBytesPerSecond() / 1e9) {
      throw new UserException(
          ("%s: column message_size must be in elements, not bytes: it would be %.0f GB/s over"
                  + " the links of %s, which have %.0f")
              .formatted(file, busGigabytes, sheet.name(), sheet.linkBytesPerSecond() / 1e9));
    }
  }

  /** How many times as long as its ideal terms the median row takes. */
  static double medianOfIdeal(KernelFamily family, List<MeasuredCall> measured, DataSheet sheet) {
    double[] ratios =
        measured.stream()
            .mapToDouble(
                row ->
                    row.millis() / Arrays.stream(family.physics().terms(row.call(), sheet)).sum())
            .sorted()
            .toArray();
    return ratios[ratios.length / 2];
  }

  /** What sums over all accelerators need of each one's links, outliers aside; 0 without a sum. */
  static double busBytesPerSecond(KernelFamily family, List<MeasuredCall> measured) {
    KernelPhysics physics = family.physics();
    double[] needed =
        measured.stream()
            .mapToDouble(row -> physics.linkBytes(row.call()) / (row.millis() / 1e3))
            .sorted()
            .toArray();
    return needed[Math.max(0, needed.length - 1 - OUTLIERS)];
  }
}
