package io.headroom.jobs.traces;

import io.headroom.workload.TraceLineParser;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;

/** Rows of (line, block start) to one summary a block; a partition may hold several blocks. */
final class SummariseBlocks implements FlatMapFunction<Iterator<Row>, BlockSummary> {
  private static final long serialVersionUID = 1L;

  private final TraceLineParser parser;
  private final boolean hasHeader;

  SummariseBlocks(TraceLineParser parser, boolean hasHeader) {
    this.parser = parser;
    this.hasHeader = hasHeader;
  }

  @Override
  public Iterator<BlockSummary> call(Iterator<Row> lines) {
    List<BlockSummary> summaries = new ArrayList<>();
    BlockSummary block = null;
    while (lines.hasNext()) {
      Row line = lines.next();
      long blockStart = line.getLong(1);
      if (block == null || block.start != blockStart) {
        block = new BlockSummary(blockStart);
        summaries.add(block);
        if (hasHeader && blockStart == 0) {
          block.addHeader();
          continue;
        }
      }
      block.add(line.getString(0), parser);
    }
    return summaries.iterator();
  }
}
