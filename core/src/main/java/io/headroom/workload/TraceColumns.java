package io.headroom.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The columns of a table, or the fields of JSON objects, that make a request. A field within an
 * object is named with a dot: {@code usage.prompt_tokens}.
 *
 * @param arrival empty: requests have no arrivals and are taken in the order of the file
 * @param prompt tokens of the prompt
 * @param output tokens generated
 */
public record TraceColumns(Optional<ArrivalColumn> arrival, String prompt, String output)
    implements TraceDescription {

  public TraceColumns {
    Objects.requireNonNull(arrival, "arrival");
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(output, "output");
  }

  /** The names in the order arrival, prompt, output. */
  public List<String> names() {
    List<String> names = new ArrayList<>(3);
    arrival.ifPresent(column -> names.add(column.name()));
    names.add(prompt);
    names.add(output);
    return names;
  }
}
