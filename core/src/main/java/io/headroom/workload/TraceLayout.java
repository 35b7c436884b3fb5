package io.headroom.workload;

import java.util.List;
import java.util.Optional;

/**
 * One way in which the files of a format name what is read: a row of the table that {@link
 * TraceFormat} is.
 *
 * @param columns what is read, in the format's own spelling
 * @param arrivalRequired whether every request says when it arrived
 * @param sessions the field that holds the requests of a whole session, where a line may have one
 * @param marks fields of which a file must have one to be told from others; empty: none is needed
 * @param foreign fields that files of another format have
 * @param emptyOutputFails whether a request that generated nothing failed
 * @param history what tells of the requests before
 * @param remark what the reader takes for granted and the user should know
 */
record TraceLayout(
    TraceColumns columns,
    boolean arrivalRequired,
    Optional<String> sessions,
    List<String> marks,
    List<String> foreign,
    boolean emptyOutputFails,
    HistoryFields history,
    Optional<String> remark) {

  static TraceLayout of(String arrival, ArrivalUnit unit, String prompt, String output) {
    return of(new TraceColumns(Optional.of(new ArrivalColumn(arrival, unit)), prompt, output));
  }

  static TraceLayout withoutArrival(String prompt, String output) {
    return of(new TraceColumns(Optional.empty(), prompt, output));
  }

  static TraceLayout of(TraceColumns columns) {
    return new TraceLayout(
        columns,
        columns.arrival().isPresent(),
        Optional.empty(),
        List.of(),
        List.of(),
        false,
        HistoryFields.NONE,
        Optional.empty());
  }

  TraceLayout arrivalOptional() {
    return new TraceLayout(
        columns, false, sessions, marks, foreign, emptyOutputFails, history, remark);
  }

  TraceLayout sessionsIn(String field) {
    return new TraceLayout(
        columns,
        arrivalRequired,
        Optional.of(field),
        marks,
        foreign,
        emptyOutputFails,
        history,
        remark);
  }

  TraceLayout markedBy(String... fields) {
    return new TraceLayout(
        columns,
        arrivalRequired,
        sessions,
        List.of(fields),
        foreign,
        emptyOutputFails,
        history,
        remark);
  }

  TraceLayout unless(String... fields) {
    return new TraceLayout(
        columns,
        arrivalRequired,
        sessions,
        marks,
        List.of(fields),
        emptyOutputFails,
        history,
        remark);
  }

  TraceLayout emptyOutputIsFailure() {
    return new TraceLayout(
        columns, arrivalRequired, sessions, marks, foreign, true, history, remark);
  }

  TraceLayout remarked(String text) {
    return new TraceLayout(
        columns,
        arrivalRequired,
        sessions,
        marks,
        foreign,
        emptyOutputFails,
        history,
        Optional.of(text));
  }

  TraceLayout telling(HistoryFields before) {
    return new TraceLayout(
        columns, arrivalRequired, sessions, marks, foreign, emptyOutputFails, before, remark);
  }

  /** Whether a file that begins so is laid out so. */
  boolean fits(TraceHead head) {
    boolean told = marks.isEmpty() || marks.stream().anyMatch(head::has);
    return told && foreign.stream().noneMatch(head::has) && hasWhatIsRead(head);
  }

  /** Whether a file that begins so can be read so, whatever else it may be. */
  boolean hasWhatIsRead(TraceHead head) {
    if (sessions.isPresent() && head.has(sessions.get())) {
      return true;
    }
    return missing(head).isEmpty();
  }

  /** What a request must have and the beginning of a file lacks. */
  List<String> missing(TraceHead head) {
    return columns.names().stream()
        .filter(name -> arrivalRequired || !isArrival(name))
        .filter(name -> !head.has(name))
        .toList();
  }

  private boolean isArrival(String name) {
    return columns.arrival().filter(column -> column.name().equals(name)).isPresent();
  }
}
