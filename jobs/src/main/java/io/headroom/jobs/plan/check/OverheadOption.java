package io.headroom.jobs.plan.check;

import io.headroom.UserException;
import io.headroom.plan.memory.EngineOverheads;
import io.headroom.plan.memory.Overhead;
import java.util.List;

/** {@code --set KEY=VALUE} of overheads. */
final class OverheadOption {
  private OverheadOption() {}

  /**
   * @throws UserException if a key is not known, or its value is out of range
   */
  static EngineOverheads parse(EngineOverheads changed, List<String> changes) {
    EngineOverheads overheads = changed;
    for (String change : changes) {
      int equals = change.indexOf('=');
      String key = equals < 0 ? change : change.substring(0, equals).strip();
      Overhead overhead =
          Overhead.of(key)
              .orElseThrow(
                  () ->
                      new UserException(
                          "--set %s: unknown; allowed: KEY=VALUE with one of %s"
                              .formatted(change, Overhead.keys())));
      overheads = overheads.with(overhead, value(change, change.substring(equals + 1), overhead));
    }
    return overheads;
  }

  private static double value(String change, String text, Overhead overhead) {
    double value = Double.NaN;
    try {
      value = Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      // Told below, as what is out of range is.
    }
    if (!overhead.allows(value)) {
      throw new UserException(
          "--set %s: must be a number from %s to %s"
              .formatted(change, overhead.least(), overhead.most()));
    }
    return value;
  }
}
