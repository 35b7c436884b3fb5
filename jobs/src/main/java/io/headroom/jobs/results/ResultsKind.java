package io.headroom.jobs.results;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a results folder holds: which command made it, and how messages speak of that. */
public enum ResultsKind {
  SWEEP("measures"),
  PLAN("plans");

  private final String verb;

  ResultsKind(String verb) {
    this.verb = verb;
  }

  /** The kind of that label. */
  static Optional<ResultsKind> of(String label) {
    return Arrays.stream(values()).filter(kind -> kind.label().equals(label)).findFirst();
  }

  /** Of all kinds, as messages list them. */
  static String labels() {
    return Arrays.stream(values()).map(ResultsKind::label).collect(Collectors.joining(", "));
  }

  /** What the manifest calls it, such as {@code sweep}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What a run does that goes on from results of this kind, such as {@code measures}. */
  String verb() {
    return verb;
  }
}
