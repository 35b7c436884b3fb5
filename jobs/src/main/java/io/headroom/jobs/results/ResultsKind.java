package io.headroom.jobs.results;

import java.util.Locale;

/** What a results folder holds: which command made it, and how messages speak of that. */
public enum ResultsKind {
  SWEEP("measures"),
  PLAN("plans");

  private final String verb;

  ResultsKind(String verb) {
    this.verb = verb;
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
