package io.headroom.plan.serving;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which of several replicas gets a request. */
public enum Routing {
  /** One after another. */
  ROUND_ROBIN("round-robin"),
  /**
   * The one with the fewest blocks in use when the request arrives, those of prompts that wait
   * there included; of equals the first.
   */
  LEAST_KV("least-kv");

  private final String label;

  Routing(String label) {
    this.label = label;
  }

  /** The name that configurations use. */
  public String label() {
    return label;
  }

  public static Optional<Routing> named(String label) {
    return Arrays.stream(values()).filter(routing -> routing.label.equals(label)).findFirst();
  }

  /** The allowed names, for messages. */
  public static String labels() {
    return Arrays.stream(values()).map(Routing::label).collect(Collectors.joining(", "));
  }
}
