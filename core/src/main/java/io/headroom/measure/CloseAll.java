package io.headroom.measure;

import java.util.List;
import java.util.function.Consumer;

/** Closes every one of several resources, though some of them do not close. */
final class CloseAll {
  private CloseAll() {}

  /**
   * Throws what the first that does not close throws; what later ones throw is suppressed in it.
   */
  static <T> void of(List<T> resources, Consumer<? super T> close) {
    Throwable first = null;
    for (T resource : resources) {
      try {
        close.accept(resource);
      } catch (RuntimeException | Error e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first instanceof Error error) {
      throw error;
    }
    if (first != null) {
      throw (RuntimeException) first;
    }
  }
}
