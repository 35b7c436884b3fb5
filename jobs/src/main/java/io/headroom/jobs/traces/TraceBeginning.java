package io.headroom.jobs.traces;

import io.headroom.MessageLine;
import io.headroom.UserException;
import io.headroom.workload.TraceColumns;
import io.headroom.workload.TraceDescription;
import io.headroom.workload.TraceFormat;
import io.headroom.workload.TraceHead;
import io.headroom.workload.TraceLineParser;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** What the first line of a trace tells, or the columns of a Parquet file, read without Spark. */
record TraceBeginning(TraceFile file, TraceDescription description, TraceLineParser parser) {
  private static final int SHOWN_CHARACTERS = 80;
  private static final int MOST_SHOWN_FIELDS = 400;

  /**
   * @param description empty: the format whose files begin so
   * @throws UserException if the file cannot be read, is of another kind, or begins unlike the
   *     format or all of them
   */
  static TraceBeginning read(
      String name, Optional<? extends TraceDescription> description, Configuration hadoop) {
    TraceFile file = TraceFile.open(name, hadoop);
    TraceHead head = file.head();
    TraceDescription found =
        description.isPresent()
            ? description.get()
            : head.format().orElseThrow(() -> unknown(file));
    TraceLineParser parser = head.parser(found).orElseThrow(() -> unlike(file, found));
    return new TraceBeginning(file, found, parser);
  }

  /** Text of the file for a message. */
  static String shown(String text) {
    String printable = text.replaceAll("\\p{Cntrl}", "?");
    return "'" + MessageLine.shortened(printable, SHOWN_CHARACTERS) + "'";
  }

  private static UserException unknown(TraceFile file) {
    return new UserException(
        "%s: unknown trace format, %s%s; known are %s, and with columns { arrival, unit, prompt, output } any other"
            .formatted(file.name(), beginning(file), reason(file), TraceFormat.allFields()));
  }

  private static UserException unlike(TraceFile file, TraceDescription description) {
    if (description instanceof TraceColumns) {
      return new UserException(
          "%s: no field %s, as columns name it; %s"
              .formatted(
                  file.name(),
                  String.join(" and no ", file.head().missing(description)),
                  beginning(file)));
    }
    TraceFormat format = (TraceFormat) description;
    return new UserException(
        "%s: not a trace of the format %s, %s; expected the fields %s, each once"
            .formatted(file.name(), format.label(), beginning(file), format.fields()));
  }

  private static String beginning(TraceFile file) {
    boolean told = file.storage().isColumnar() || file.head().isJson();
    if (!told || file.head().fields().isEmpty()) {
      return "the first line is " + shown(file.firstLine());
    }
    String fields =
        MessageLine.shortened(String.join(", ", file.head().fields()), MOST_SHOWN_FIELDS);
    return "its fields are " + fields.replaceAll("\\p{Cntrl}", "?");
  }

  /** What the user may have meant. */
  private static String reason(TraceFile file) {
    String start = file.firstLine().strip();
    if (start.startsWith("[")) {
      return ", a JSON list where one object a line is needed (jq -c '.[]' FILE writes it so)";
    }
    if (start.equals("{")) {
      return ", a JSON object over many lines where one object a line is needed"
          + " (jq -c . FILE writes it so)";
    }
    return file.head()
        .textField()
        .map(field -> ", %s is a text, and no field says how many tokens it has".formatted(field))
        .orElse("");
  }
}
