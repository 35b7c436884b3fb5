package io.headroom.workload;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The public request traces that can be read. */
public enum TraceFormat {
  /**
   * Azure LLM inference traces of 2023, 2024 and 2025 (github.com/Azure/AzurePublicDataset): CSV,
   * wall-clock times with or without an offset from UTC. Without one they count as UTC.
   */
  AZURE("TIMESTAMP", "ContextTokens", "GeneratedTokens"),
  /** Mooncake (github.com/kvcache-ai/Mooncake): a JSON object a line, times in milliseconds. */
  MOONCAKE("timestamp", "input_length", "output_length"),
  /**
   * BurstGPT (github.com/HPMLL/BurstGPT), with or without session columns: CSV, times in seconds. A
   * request with 0 response tokens failed.
   */
  BURSTGPT("Timestamp", "Request tokens", "Response tokens");

  private final String arrivalField;
  private final String promptField;
  private final String outputField;

  TraceFormat(String arrivalField, String promptField, String outputField) {
    this.arrivalField = arrivalField;
    this.promptField = promptField;
    this.outputField = outputField;
  }

  String arrivalField() {
    return arrivalField;
  }

  String promptField() {
    return promptField;
  }

  String outputField() {
    return outputField;
  }

  /** The name that configurations use: {@code azure}, {@code mooncake}, {@code burstgpt}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<TraceFormat> named(String label) {
    return Arrays.stream(values()).filter(format -> format.label().equals(label)).findFirst();
  }

  /** The allowed names, for messages: {@code azure, mooncake, burstgpt}. */
  public static String labels() {
    return Arrays.stream(values()).map(TraceFormat::label).collect(Collectors.joining(", "));
  }

  /** The format whose files begin with such a line; empty if none does. */
  public static Optional<TraceFormat> detect(String firstLine) {
    return Arrays.stream(values())
        .filter(format -> format.parser(firstLine).isPresent())
        .findFirst();
  }

  /** Whether the first line names the columns. */
  public boolean hasHeader() {
    return this != MOONCAKE;
  }

  /** What the first line must be, for messages. */
  public String expectedFirstLine() {
    if (this == MOONCAKE) {
      return "a JSON object with %s, %s and %s".formatted(arrivalField, promptField, outputField);
    }
    return "a header with the columns %s,%s,%s, each once"
        .formatted(arrivalField, promptField, outputField);
  }

  /**
   * A parser for a file that begins with {@code firstLine}; empty if such a file is not of this
   * format. Columns are found by name, other columns are not read. What begins like a JSON object
   * counts as Mooncake.
   */
  public Optional<TraceLineParser> parser(String firstLine) {
    String line = Lines.withoutByteOrderMark(firstLine);
    if (this == MOONCAKE) {
      return line.stripLeading().startsWith("{")
          ? Optional.of(new MooncakeLineParser())
          : Optional.empty();
    }
    return CsvLineParser.of(this, line).map(TraceLineParser.class::cast);
  }
}
