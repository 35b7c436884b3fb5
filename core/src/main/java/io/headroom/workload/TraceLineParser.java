package io.headroom.workload;

import java.io.Serializable;

/** Reads single lines of one trace file, in any order and on any machine. */
public interface TraceLineParser extends Serializable {

  /** Takes one line, without its end and not the header; never throws for what the line holds. */
  TraceLine parse(String line);
}
