package io.headroom.workload;

import java.io.Serializable;
import java.util.List;

/** Reads single lines of one trace file, in any order and on any machine. */
public interface TraceLineParser extends Serializable {

  /** Takes one line, without its end and not the header; never throws for what the line holds. */
  TraceLine parse(String line);

  /** Names of all that is read of a line, as the file spells them; a line may lack some. */
  List<String> fields();
}
