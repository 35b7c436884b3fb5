package io.headroom.jobs.sweep.settings;

import java.io.Serializable;

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
}
