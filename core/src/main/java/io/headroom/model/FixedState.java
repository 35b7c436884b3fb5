package io.headroom.model;

import io.headroom.Rounding;
import java.io.Serializable;
import java.util.List;

/**
 * What a layer keeps of a sequence that does not grow with it: the last inputs of a convolution,
 * the state of a recurrence.
 *
 * @param parts each split over ranks by itself; none for a layer without a state
 */
public record FixedState(List<Part> parts) implements Serializable {
  public static final FixedState NONE = new FixedState(List.of());

  public FixedState {
    parts = List.copyOf(parts);
  }

  public static FixedState of(Part... parts) {
    return new FixedState(List.of(parts));
  }

  /** Exact bytes of one sequence on the fullest of so many ranks. */
  public long bytesOnRank(int tensorParallel) {
    return parts.stream().mapToLong(part -> part.bytesOnRank(tensorParallel)).sum();
  }

  /**
   * Equal units, such as the heads of a recurrence, the groups that they share or the channels of a
   * convolution.
   *
   * @param units how many; a rank holds {@code ceil(units / ranks)}, so that they are replicated
   *     where there are more ranks
   * @param bytesPerUnit of one sequence
   */
  public record Part(long units, long bytesPerUnit) implements Serializable {
    public Part {
      if (units < 0 || bytesPerUnit < 0) {
        throw new IllegalArgumentException(
            "units and their bytes must not be negative: %d, %d".formatted(units, bytesPerUnit));
      }
    }

    private long bytesOnRank(int tensorParallel) {
      return Math.multiplyExact(Rounding.ceilDivide(units, tensorParallel), bytesPerUnit);
    }
  }
}
