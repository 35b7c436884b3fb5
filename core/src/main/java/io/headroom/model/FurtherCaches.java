package io.headroom.model;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * What a layer keeps of a sequence besides the keys and values of its positions.
 *
 * @param entries what else grows with the sequence
 * @param crossPositions positions of an encoder, or of images, whose keys and values the layer
 *     keeps with its own heads; 0 for none
 * @param state what does not grow
 */
public record FurtherCaches(List<EntryCache> entries, int crossPositions, FixedState state)
    implements Serializable {
  public static final FurtherCaches NONE = new FurtherCaches(List.of(), 0, FixedState.NONE);

  public FurtherCaches {
    entries = List.copyOf(entries);
    Objects.requireNonNull(state, "state");
    if (crossPositions < 0) {
      throw new IllegalArgumentException("cross positions must not be negative: " + crossPositions);
    }
  }

  public static FurtherCaches state(FixedState state) {
    return new FurtherCaches(List.of(), 0, state);
  }

  public static FurtherCaches cross(int positions) {
    return new FurtherCaches(List.of(), positions, FixedState.NONE);
  }

  public static FurtherCaches entries(EntryCache... entries) {
    return new FurtherCaches(List.of(entries), 0, FixedState.NONE);
  }
}
