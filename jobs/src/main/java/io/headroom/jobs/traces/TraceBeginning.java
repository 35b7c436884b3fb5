package io.headroom.jobs.traces;

import io.headroom.MessageLine;
import io.headroom.UserException;
import io.headroom.workload.TraceFormat;
import io.headroom.workload.TraceLineParser;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;

/** What the first line of a trace tells, read without Spark. */
record TraceBeginning(TraceFile file, TraceFormat format, TraceLineParser parser) {
  private static final int SHOWN_CHARACTERS = 80;

  /**
   * @param format empty: the one whose files begin so
   * @throws UserException if the file cannot be read, or begins unlike the format or all of them
   */
  static TraceBeginning read(String name, Optional<TraceFormat> format, Configuration hadoop) {
    TraceFile file = TraceFile.open(name, hadoop);
    TraceFormat found =
        format.or(() -> TraceFormat.detect(file.firstLine())).orElseThrow(() -> unknown(file));
    TraceLineParser parser = found.parser(file.firstLine()).orElseThrow(() -> unlike(file, found));
    return new TraceBeginning(file, found, parser);
  }

  /** Text of the file for a message. */
  static String shown(String text) {
    String printable = text.replaceAll("\\p{Cntrl}", "?");
    return "'" + MessageLine.shortened(printable, SHOWN_CHARACTERS) + "'";
  }

  private static UserException unknown(TraceFile file) {
    String expected =
        Arrays.stream(TraceFormat.values())
            .map(format -> "%s (%s)".formatted(format.label(), format.expectedFirstLine()))
            .collect(Collectors.joining(", "));
    return new UserException(
        "%s: unknown trace format, the first line is %s; allowed are %s"
            .formatted(file.name(), shown(file.firstLine()), expected));
  }

  private static UserException unlike(TraceFile file, TraceFormat format) {
    return new UserException(
        "%s: not a trace of the format %s, the first line is %s; expected %s"
            .formatted(
                file.name(), format.label(), shown(file.firstLine()), format.expectedFirstLine()));
  }
}
