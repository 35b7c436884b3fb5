package io.headroom.jobs.traces;

import io.headroom.UserException;
import java.util.Optional;

/**
 * The first requests of a trace that can be served, in the order of their arrival, with all that a
 * simulation of serving needs. Arrays have one element a request, or none at all for what the trace
 * does not tell.
 *
 * @param file the path as the user wrote it
 * @param timed whether it is known when every request is sent; if not, the order is that of the
 *     file and all arrivals are 0
 * @param arrivalMillis since the earliest request of the trace; a request that waits for the answer
 *     to another is sent no earlier
 * @param inputTokens of the prompts, at least 1
 * @param outputTokens generated, at least 1
 * @param prefixBlocks ids of the whole blocks that a prompt begins with, from 0 on without gaps
 * @param prefixBlockTokens tokens of such a block, 0 if there are none
 * @param previous the request whose answer a request waits for, always an earlier one, or {@link
 *     #NONE}
 * @param delayMillis how long after that answer it is sent, 0 where it waits for none
 * @param note what was left out or taken for granted, in one line; empty if nothing was
 */
public record TraceRequests(
    String file,
    boolean timed,
    double[] arrivalMillis,
    int[] inputTokens,
    int[] outputTokens,
    int[][] prefixBlocks,
    int prefixBlockTokens,
    int[] previous,
    double[] delayMillis,
    Optional<String> note) {
  /** In place of a request that another waits for. */
  public static final int NONE = -1;

  /**
   * Collects them; an action of Spark.
   *
   * @param trace with or without the histories
   * @param most how many at most, at least 1
   * @throws UserException if no request generated anything, or blocks of prefixes differ in size
   */
  public static TraceRequests first(Trace trace, int most) {
    return new RequestCollector(trace).first(most);
  }

  public int count() {
    return inputTokens.length;
  }

  /**
   * @throws UserException if it is not known when the requests are sent
   */
  public void requireTimed() {
    if (!timed) {
      throw new UserException(
          file + ": does not say when its requests arrive; a rate of arrivals must be given");
    }
  }
}
