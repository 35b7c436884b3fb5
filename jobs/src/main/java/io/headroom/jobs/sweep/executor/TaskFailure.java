package io.headroom.jobs.sweep.executor;

import io.headroom.MessageLine;
import io.headroom.UserException;
import io.headroom.attention.AttentionInterruptedException;
import io.headroom.attention.EngineUnavailableException;
import io.headroom.measure.TimeLimitException;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;

/** What becomes of something thrown inside a task: the reason of a row, or the end of the task. */
final class TaskFailure {
  /** A message may quote a whole configuration; a row need not. */
  static final int LONGEST_REASON = 400;

  private static final String CUT = "...";

  private TaskFailure() {}

  /**
   * Ends the task if Spark killed it, as a killed task and not as a failed one.
   *
   * @throws TaskKilledException if Spark killed it
   */
  static void endIfKilled() {
    if (TaskContext.get().isInterrupted()) {
      throw new TaskKilledException("killed while measuring");
    }
  }

  /**
   * Ends the task instead of blaming a sequence for what came from outside.
   *
   * @throws TaskKilledException if Spark killed it
   * @throws AttentionInterruptedException if that was thrown: others than a time limit, which tells
   *     of itself, interrupt a task to end it
   */
  static void endIfInterrupted(Throwable thrown) {
    endIfKilled();
    if (thrown instanceof AttentionInterruptedException interrupted) {
      throw interrupted;
    }
  }

  /** One line: class and message, or the message alone where it was written for users. */
  static String reason(Throwable thrown) {
    boolean forUsers =
        thrown instanceof UserException
            || thrown instanceof EngineUnavailableException
            || thrown instanceof TimeLimitException;
    String text = forUsers ? thrown.getMessage() : thrown.toString();
    String line = MessageLine.of(text);
    return line.length() <= LONGEST_REASON
        ? line
        : line.substring(0, LONGEST_REASON - CUT.length()) + CUT;
  }
}
