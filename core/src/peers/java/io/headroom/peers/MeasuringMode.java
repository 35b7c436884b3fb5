package io.headroom.peers;

import io.headroom.UserException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How long to measure.
 *
 * <p>Every round takes at least one sample of every engine, so rounds are the fewest samples.
 */
enum MeasuringMode {
  QUICK(3, 120),
  FULL(5, 160);

  private final int rounds;
  private final int roundMillis;

  MeasuringMode(int rounds, int roundMillis) {
    this.rounds = rounds;
    this.roundMillis = roundMillis;
  }

  /** Turns of every engine at every workload. */
  int rounds() {
    return rounds;
  }

  /** How long an engine samples in its turn, unless a single sample takes longer. */
  int roundMillis() {
    return roundMillis;
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
