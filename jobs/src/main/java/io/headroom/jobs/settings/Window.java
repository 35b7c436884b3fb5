package io.headroom.jobs.settings;

import java.io.Serializable;
import java.util.Optional;

/**
 * One value of the {@code windows} axis.
 *
 * @param size positions that a query sees; 0 leaves every layer the window that its model gives it
 * @param sinks first positions that are always seen
 */
public record Window(int size, int sinks) implements Serializable {
  public static final Window NONE = new Window(0, 0);

  public boolean isNone() {
    return size == 0;
  }

  /**
   * As a configuration has it: {@code none}, or an object with {@code size} and {@code sinks}.
   *
   * @throws io.headroom.UserException if it is something else
   */
  public static Window read(Settings.Element element) {
    if (!element.isObject()) {
      return element.named(
          text -> text.equals("none") ? Optional.of(NONE) : Optional.empty(),
          "none, or { size = tokens, sinks = tokens }");
    }
    Settings window = element.object();
    int size = window.tokens("size", 1, TokenCount.MOST);
    int sinks = window.has("sinks") ? window.tokens("sinks", 0, TokenCount.MOST) : 0;
    window.rejectUnknown();
    return new Window(size, sinks);
  }
}
