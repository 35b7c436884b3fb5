package io.headroom.jobs.workload;

import io.headroom.Fingerprint;
import io.headroom.workload.DrawnLengths;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The sequences of a sweep.
 *
 * @param note what the user should know of how they came about, such as what was skipped
 */
public record Workload(List<Sequence> sequences, Optional<String> note) {
  private static final int FINGERPRINT_BYTES = 16;

  /** Two workloads with one fingerprint have the same sequences in the same order. */
  public String fingerprint() {
    return Fingerprint.of(
        sequences.stream()
            .flatMapToInt(
                sequence -> IntStream.of(sequence.promptTokens(), sequence.outputTokens())),
        FINGERPRINT_BYTES);
  }

  /** The sequences of lists and distributions, which need no file. */
  static Workload of(List<Integer> promptTokens, int outputTokens, Optional<String> note) {
    List<Sequence> sequences = new ArrayList<>(promptTokens.size());
    for (int prompt : promptTokens) {
      sequences.add(new Sequence(sequences.size(), prompt, outputTokens));
    }
    return new Workload(List.copyOf(sequences), note);
  }

  static Workload drawn(DrawnLengths drawn, int outputTokens) {
    Optional<String> note =
        drawn.redrawn() == 0
            ? Optional.empty()
            : Optional.of(
                "%d lengths fell outside the allowed ones and were drawn again"
                    .formatted(drawn.redrawn()));
    return of(drawn.promptTokens(), outputTokens, note);
  }
}
