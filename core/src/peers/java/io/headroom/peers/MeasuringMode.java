package io.headroom.peers;

import io.headroom.UserException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which workloads to measure, and for how long. */
enum MeasuringMode {
  QUICK,
  FULL;

  TimingPlan timing() {
    return switch (this) {
      case QUICK -> new TimingPlan(3, 100, 20, 100);
      case FULL -> new TimingPlan(4, 200, 20, 150);
    };
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws UserException if there is no such mode
   */
  static MeasuringMode named(String label) {
    return Arrays.stream(values())
        .filter(mode -> mode.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "peers.mode must be %s or parts: %s"
                        .formatted(
                            Arrays.stream(values())
                                .map(MeasuringMode::label)
                                .collect(Collectors.joining(", ")),
                            label)));
  }
}
