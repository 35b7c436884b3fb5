package io.headroom.jobs.workload;

import io.headroom.workload.LengthDistribution;
import io.headroom.workload.LengthList;
import io.headroom.workload.TraceDescription;
import java.util.Optional;

/** Where the sequences of a sweep come from. */
public sealed interface SequenceSource {

  /** Prompt lengths given one by one. */
  record Listed(LengthList lengths) implements SequenceSource {}

  /** Prompt lengths drawn with the sweep's seed. */
  record Drawn(LengthDistribution distribution, int count) implements SequenceSource {}

  /**
   * The requests of a trace.
   *
   * @param file a path, or an address of a file system that Hadoop knows
   * @param description its format or columns; empty: found out from the file
   * @param sample how many requests are drawn; empty: all
   */
  record Trace(String file, Optional<TraceDescription> description, Optional<Integer> sample)
      implements SequenceSource {}
}
