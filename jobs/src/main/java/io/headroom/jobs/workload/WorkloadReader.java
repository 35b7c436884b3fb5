package io.headroom.jobs.workload;

import io.headroom.UserException;
import io.headroom.jobs.traces.Trace;
import io.headroom.jobs.traces.TraceReader;
import io.headroom.jobs.traces.TraceSample;
import io.headroom.workload.TraceRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** Makes the sequences that the settings describe. */
public final class WorkloadReader {
  private WorkloadReader() {}

  /** Whether so many sequences are allowed, asked before they are made. */
  @FunctionalInterface
  public interface Limit {
    /**
     * @param source where they come from, for messages
     * @throws UserException if they are too many
     */
    void require(String source, long sequences);
  }

  /**
   * @param seed decides what is drawn
   * @param limit asked of a trace once its requests are counted
   * @param spark started only where a trace must be read
   * @throws UserException if a trace cannot be read, or makes too many sequences or tokens
   */
  public static Workload read(
      SequenceSource source,
      DecodeTokens decodeTokens,
      long seed,
      Limit limit,
      Supplier<SparkSession> spark) {
    if (source instanceof SequenceSource.Trace trace) {
      return sampled(trace, decodeTokens, seed, limit, spark.get());
    }
    int outputTokens = ((DecodeTokens.Fixed) decodeTokens).tokens();
    if (source instanceof SequenceSource.Drawn drawn) {
      return Workload.drawn(drawn.distribution().draw(drawn.count(), seed), outputTokens);
    }
    SequenceSource.Listed listed = (SequenceSource.Listed) source;
    return Workload.of(listed.lengths().promptTokens(), outputTokens, Optional.empty());
  }

  private static Workload sampled(
      SequenceSource.Trace source,
      DecodeTokens decodeTokens,
      long seed,
      Limit limit,
      SparkSession spark) {
    TraceReader reader = new TraceReader(spark);
    Trace trace =
        source.description().isPresent()
            ? reader.read(source.file(), source.description().get())
            : reader.read(source.file());
    limit.require(
        trace.file(), Math.min(trace.counts().used(), source.sample().orElse(Integer.MAX_VALUE)));
    TraceSample sample = trace.sample(source.sample().orElse(Integer.MAX_VALUE), seed);
    List<Sequence> sequences = new ArrayList<>(sample.requests().size());
    for (TraceRequest request : sample.requests()) {
      int outputTokens =
          decodeTokens instanceof DecodeTokens.Fixed fixed
              ? fixed.tokens()
              : request.outputTokens();
      requireMostTokens(trace, request.promptTokens(), outputTokens);
      sequences.add(new Sequence(sequences.size(), request.promptTokens(), outputTokens));
    }
    Optional<String> shortage = source.sample().isPresent() ? sample.note() : Optional.empty();
    String note =
        Stream.of(trace.note(), shortage)
            .flatMap(Optional::stream)
            .collect(Collectors.joining("; "));
    return new Workload(
        List.copyOf(sequences), note.isEmpty() ? Optional.empty() : Optional.of(note));
  }

  private static void requireMostTokens(Trace trace, int promptTokens, int outputTokens) {
    int most = SequenceSettings.MOST_TOKENS;
    if (promptTokens > most || outputTokens > most) {
      throw new UserException(
          "%s: a request of %d prompt and %d output tokens; allowed: at most %d of each"
              .formatted(trace.file(), promptTokens, outputTokens, most));
    }
  }
}
