package io.headroom.host;

/** A clock that only moves forward; injected, so that tests decide what time it is. */
@FunctionalInterface
public interface Ticker {

  /** Nanoseconds since an arbitrary moment. */
  long nanos();

  static Ticker system() {
    return System::nanoTime;
  }
}
