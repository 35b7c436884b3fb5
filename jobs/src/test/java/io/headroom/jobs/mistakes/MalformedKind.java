package io.headroom.jobs.mistakes;

/** What is malformed, and how many inputs of the kind the tests hold at least. */
enum MalformedKind {
  ARGUMENT("arguments of a command", 5),
  SWEEP_TEXT("texts of sweeps that are not HOCON", 15),
  SWEEP_INCLUDE("includes and substitutions of sweeps", 15),
  SWEEP_VALUE("values and sizes of sweeps", 15),
  MODEL_TEXT("texts of models that are not JSON", 12),
  MODEL_VALUE("values of models", 20),
  TENSOR_HEADER("headers of tensor files", 18),
  TENSOR_CONTENT("shapes, numbers and metadata of tensor files", 18),
  TRACE_BEGINNING("first lines of traces", 12),
  TRACE_LINE("lines of traces", 20),
  SPECIAL_FILE("folders, pipes, devices and loops in place of files", 16);

  private final String description;
  private final int least;

  MalformedKind(String description, int least) {
    this.description = description;
    this.least = least;
  }

  String description() {
    return description;
  }

  int least() {
    return least;
  }
}
