package io.headroom.workload;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The fields that tell the {@link RequestHistory}; null for what a format does not tell.
 *
 * @param prefix ids of the blocks that the prompt begins with
 * @param blockTokens tokens of such a block, unless the file says otherwise
 * @param blockSize where it says so
 * @param idsOfSession whether ids mean the same only within one session
 * @param session the name of the session
 * @param delay how long after an answer the next turn is sent
 * @param delayUnit of the delay
 * @param delayOfNext whether the delay is that of the turn after the one that tells it
 */
record HistoryFields(
    String prefix,
    int blockTokens,
    String blockSize,
    boolean idsOfSession,
    String session,
    String delay,
    ArrivalUnit delayUnit,
    boolean delayOfNext)
    implements Serializable {
  static final HistoryFields NONE =
      new HistoryFields(null, 0, null, false, null, null, null, false);

  HistoryFields prefixIn(String field, int tokens) {
    return new HistoryFields(
        field, tokens, blockSize, idsOfSession, session, delay, delayUnit, delayOfNext);
  }

  HistoryFields blockSizeIn(String field) {
    return new HistoryFields(
        prefix, blockTokens, field, idsOfSession, session, delay, delayUnit, delayOfNext);
  }

  HistoryFields withIdsOfSession() {
    return new HistoryFields(
        prefix, blockTokens, blockSize, true, session, delay, delayUnit, delayOfNext);
  }

  HistoryFields sessionIn(String field) {
    return new HistoryFields(
        prefix, blockTokens, blockSize, idsOfSession, field, delay, delayUnit, delayOfNext);
  }

  HistoryFields delayIn(String field, ArrivalUnit unit) {
    return new HistoryFields(
        prefix, blockTokens, blockSize, idsOfSession, session, field, unit, false);
  }

  HistoryFields delayOfNextIn(String field, ArrivalUnit unit) {
    return new HistoryFields(
        prefix, blockTokens, blockSize, idsOfSession, session, field, unit, true);
  }

  /** As a file spells the fields. */
  HistoryFields spelled(UnaryOperator<String> spelling) {
    return new HistoryFields(
        spelled(prefix, spelling),
        blockTokens,
        spelled(blockSize, spelling),
        idsOfSession,
        spelled(session, spelling),
        spelled(delay, spelling),
        delayUnit,
        delayOfNext);
  }

  private static String spelled(String name, UnaryOperator<String> spelling) {
    return name == null ? null : spelling.apply(name);
  }

  List<String> names() {
    return Stream.of(prefix, blockSize, session, delay).filter(Objects::nonNull).toList();
  }

  boolean isTold() {
    return !names().isEmpty();
  }

  BrokenLine brokenPrefix() {
    return new BrokenLine("%s must be a list of whole numbers".formatted(prefix));
  }

  BrokenLine brokenBlockSize() {
    return new BrokenLine(
        "%s must be a whole number from 1 to %d".formatted(blockSize, Integer.MAX_VALUE));
  }

  BrokenLine brokenSession() {
    return new BrokenLine("%s must be a text or a number".formatted(session));
  }

  BrokenLine brokenDelay() {
    return new BrokenLine("%s must be %s".formatted(delay, delayUnit.expected()));
  }
}
