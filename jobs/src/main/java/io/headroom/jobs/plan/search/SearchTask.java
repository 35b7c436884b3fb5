package io.headroom.jobs.plan.search;

import io.headroom.plan.search.DeploymentSearch;
import io.headroom.plan.search.SearchTally;
import io.headroom.plan.search.TallySink;
import java.util.Iterator;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;

/** Evaluates ranges of a search space, and keeps of them what counts. */
final class SearchTask implements FlatMapFunction<Iterator<NumberRange>, SearchTally> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<ShippedSearch> shipped;
  private final int keptOfQuestion;

  SearchTask(Broadcast<ShippedSearch> shipped, int keptOfQuestion) {
    this.shipped = shipped;
    this.keptOfQuestion = keptOfQuestion;
  }

  @Override
  public Iterator<SearchTally> call(Iterator<NumberRange> ranges) {
    ShippedSearch search = shipped.value();
    SearchTally tally = new SearchTally(keptOfQuestion);
    TallySink sink = new TallySink(search.space(), tally, search.comparedTokens());
    DeploymentSearch found = new DeploymentSearch(search.space(), search.inputs());
    ranges.forEachRemaining(range -> found.run(range.from(), range.to(), sink));
    return Stream.of(tally).iterator();
  }
}
