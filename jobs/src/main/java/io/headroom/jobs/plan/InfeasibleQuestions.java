package io.headroom.jobs.plan;

import io.headroom.jobs.cli.Units;
import io.headroom.plan.search.Limit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.spark.sql.Row;

/** Why whole questions have no answer: every reason, and how many candidates have it. */
final class InfeasibleQuestions {
  private static final int MOST_REASONS = 5;

  /** What comes last in the order of limits is what came nearest to serving. */
  private static final Comparator<Row> NEAREST_FIRST =
      Comparator.comparing(InfeasibleQuestions::limit)
          .thenComparing(row -> row.<Long>getAs("count"))
          .reversed()
          .thenComparing(row -> row.<String>getAs("reason"));

  private InfeasibleQuestions() {}

  /**
   * A line a reason, those of a question together and the nearest to serving first.
   *
   * @param infeasible rows of candidates
   * @param question what a row is of
   * @param answered questions that have an answer, which are left out
   */
  static List<String> lines(
      List<Row> infeasible, Function<Row, String> question, Set<String> answered) {
    Map<String, List<Row>> byQuestion = new LinkedHashMap<>();
    for (Row row : infeasible) {
      byQuestion.computeIfAbsent(question.apply(row), any -> new ArrayList<>()).add(row);
    }
    answered.forEach(byQuestion::remove);
    List<String> lines = new ArrayList<>();
    byQuestion.forEach((of, rows) -> lines.addAll(lines(of, rows)));
    return lines;
  }

  private static List<String> lines(String question, List<Row> rows) {
    List<Row> reasons = rows.stream().sorted(NEAREST_FIRST).toList();
    long all = count(reasons);
    List<String> lines = new ArrayList<>();
    for (Row row : reasons.subList(0, Math.min(MOST_REASONS, reasons.size()))) {
      lines.add(
          "%s (%s): %s%s"
              .formatted(
                  lines.isEmpty() ? question + ": infeasible" : " ",
                  row.getAs("limit"),
                  row.getAs("reason"),
                  reasons.size() == 1 ? "" : part(row.<Long>getAs("count"), all)));
    }
    List<Row> left = reasons.subList(lines.size(), reasons.size());
    if (!left.isEmpty()) {
      lines.add(
          "  for %s other reasons, see candidates%s"
              .formatted(Units.count(left.size()), part(count(left), all)));
    }
    return lines;
  }

  private static long count(List<Row> rows) {
    return rows.stream().mapToLong(row -> row.<Long>getAs("count")).sum();
  }

  private static String part(long count, long all) {
    return " (%s of %s)".formatted(Units.count(count), Units.count(all));
  }

  private static Limit limit(Row row) {
    return Limit.valueOf(row.<String>getAs("limit").toUpperCase(Locale.ROOT));
  }
}
